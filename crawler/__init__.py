"""From a page to a row in the archive: reading, identity, captures, storage, crawling."""

__version__ = "0.1.0"
