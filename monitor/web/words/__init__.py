"""All phrases of the pages: a module a page, each with its own; a name stands in one of them only."""

from __future__ import annotations

from monitor.web.words import article, common, front, search

NAMES = common.NAMES

PHRASES = {name: pair for page in (common, front, search, article) for name, pair in page.PHRASES.items()}
