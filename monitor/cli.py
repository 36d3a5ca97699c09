"""The ``luutin`` command: its help, its options, its exit codes, and one sentence for everything that goes wrong."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from typing import Any

import click

from crawler import __version__
from crawler.errors import LuutinError, StorageError
from monitor.commands import (
    archive,
    backfilling,
    checking,
    crawling,
    curating,
    evidence,
    exchange,
    notifying,
    pages,
    rereading,
    reviewing,
    serving,
    sites,
    withholding,
)
from monitor.stopping import SIGNALLED

#: Errors of the disk that no care of ours prevents, and what the archivist does about them.
STORAGE = {
    errno.ENOSPC: "the disk is full: make room, or choose another data directory with --data",
    errno.EDQUOT: "your quota of the disk is used up: make room, or choose another data directory with --data",
    errno.EROFS: "it is read-only: choose another data directory with --data",
    errno.EACCES: "you may not write there: mend its permissions, or choose another data directory with --data",
    errno.EPERM: "you may not write there: mend its permissions, or choose another data directory with --data",
}

EPILOG = """\b
Exit codes:
    0  done
    1  unexpected error
    2  wrong usage or input
    3  wrong configuration (luutin.toml)
    4  at least one site's crawl did not do its job, check-site found something, or a message did not arrive
    5  the data directory cannot be used (full, read-only)
    6  another run is at work on the same archive
    7  the input was partly unreadable, what it held was kept; or verify found damage
  130  stopped by Ctrl-C (143: by SIGTERM)

\b
To begin:  luutin demo        see it all work, with invented sites
           luutin sites       which sites are known
           luutin crawl NAME  fetch what is new on one of them
"""


class Commands(click.Group):
    """Commands that end with one sentence and a numbered exit code, never with a traceback for what users can mend."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command."""
        try:
            return super().invoke(ctx)
        except LuutinError as error:
            click.echo(f"luutin: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("luutin: stopped; everything stored so far is kept.", err=True)
            ctx.exit(SIGNALLED + signal.SIGINT)
        except BrokenPipeError:
            # Whoever read our output has enough. What is still buffered must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(SIGNALLED + signal.SIGPIPE)
        except OSError as error:
            if error.errno not in STORAGE:
                raise
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"luutin: {place}{STORAGE[error.errno]}.", err=True)
            ctx.exit(StorageError.exit_code)
        except sqlite3.OperationalError as error:
            click.echo(f"luutin: the archive cannot be used ({error}): try again, or choose another --data.", err=True)
            ctx.exit(StorageError.exit_code)


@click.group(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, package_name="luutin", prog_name="luutin")
def main() -> None:
    """Lưu Tin keeps the news of Vietnamese party-committee sites: it fetches their articles night after night, keeps
    every version, and shows what was published, changed and taken down.

    Every command explains itself: luutin COMMAND --help
    """


for command in (
    serving.demo,
    crawling.crawl,
    archive.import_,
    backfilling.backfill,
    backfilling.index,
    exchange.export,
    exchange.backup,
    exchange.restore,
    evidence.verify,
    evidence.rebuild,
    rereading.reextract,
    pages.extract,
    archive.sites,
    sites.new_site,
    checking.check_site,
    archive.status,
    reviewing.review,
    withholding.withhold,
    withholding.release,
    notifying.notify,
    serving.run,
    serving.serve,
    curating.curator,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
