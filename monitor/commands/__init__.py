"""The subcommands of ``luutin``, by what they are about."""
