"""All phrases of the pages: a module a page, each with its own; a name stands in one of them only."""

from __future__ import annotations

from monitor.web.words import article, common, compare, feeds, front, notes, questions, removed, search

NAMES = common.NAMES

_PAGES = (common, front, search, questions, article, compare, removed, notes, feeds)

PHRASES = {name: pair for page in _PAGES for name, pair in page.PHRASES.items()}
