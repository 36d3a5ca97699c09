"""Which articles are withheld, what a capture of one is stored as, and whose records are kept back because of one.

Other pages of its site name a withheld article: listings, lists of related articles. So while one is withheld, all
pages of the site wait in ``_withheld_pages``, and their records are given to nobody, until somebody has looked into
them (monitor/withheld_pages). Those that name the article stay there until it is released.
"""

# ruff: noqa: S608 -- the SQL is put together from this module's own constants, never from what a page says

from __future__ import annotations

import sqlite3
from dataclasses import replace

from crawler.placing import FILE, Prepared

#: The quality of a capture that shows an article which may not be shown; ``quality_reason`` is the article's id.
WITHHELD = "withheld"

_ADDRESSES = f"SELECT url_key FROM captures WHERE quality = '{WITHHELD}' UNION {{listed}}"
_FILES = "SELECT url_key FROM _withheld_files"

#: The addresses at which withheld articles were met, and those of the files that they list.
ADDRESSES = _ADDRESSES.format(listed=_FILES)

_IS_SEALED = f"(quality = '{WITHHELD}' OR identity IN (SELECT article_id FROM withheld WHERE lifted IS NULL))"
# Over as many addresses as it takes, and also to where nothing but a 404 was met.
_LEADS_THERE = f"""
EXISTS (WITH RECURSIVE led (url_key) AS (
    SELECT redirect_to UNION SELECT c.redirect_to FROM led CROSS JOIN captures AS c USING (url_key)
    WHERE c.redirect_to IS NOT NULL
) SELECT 1 FROM led CROSS JOIN captures USING (url_key) WHERE {_IS_SEALED})
"""

# The address at which a withheld article lists a file led to this one, and none at which another article does.
_IS_LED_TO = f"""
quality = '{FILE}' AND url_key IN (SELECT redirect_to FROM captures WHERE redirect_to IS NOT NULL) AND (
WITH RECURSIVE leading (url_key) AS (
    SELECT captures.url_key UNION SELECT c.url_key FROM leading JOIN captures AS c ON c.redirect_to = leading.url_key
) SELECT max(url_key IN ({{listed}})) AND NOT max(url_key IN (SELECT url_key FROM attachments))
FROM leading)
"""

# Of a capture: that it is a withheld article's. What else was met at its addresses (a 404) or leads there is, too, but
# what is another article's, or a file that another one lists by now. {listed}: the addresses of files that they list.
_IS_ITS_OWN = (
    f"(quality = '{WITHHELD}' OR article_id IS NULL AND EXISTS (SELECT 1 FROM withheld WHERE lifted IS NULL) AND"
    f" (redirect_to IS NOT NULL AND {_LEADS_THERE} OR {_IS_LED_TO} OR url_key NOT IN (SELECT url_key FROM attachments)"
    f" AND ({_IS_SEALED} OR url_key IN ({_ADDRESSES}))))"
)

#: Of a capture: that it is a withheld article's; in an archive of before, which has no list of their files, the other.
IS_ITS_OWN = _IS_ITS_OWN.format(listed=_FILES)
WAS_ITS_OWN = _IS_ITS_OWN.format(listed="SELECT NULL WHERE 0")

#: Of a capture of another page: that its record is given to nobody, since it names a withheld article or may do so.
KEPT_BACK = "payload_digest IN (SELECT payload_digest FROM _withheld_pages)"

# What can hold words and links: not pictures, PDF and the like.
_SAYS_SOMETHING = (
    "{0}.record_type <> 'revisit' AND {0}.payload_digest <> '' AND {0}.quality <> '{1}' AND ({0}.quality <> 'file'"
    " OR {0}.media_type IS NULL OR {0}.media_type LIKE 'text/%' OR {0}.media_type LIKE '%+xml'"
    " OR {0}.media_type LIKE '%/xml' OR {0}.media_type LIKE '%json' OR {0}.media_type LIKE '%javascript')"
)
_IT_SAYS, _NEW_SAYS = (_SAYS_SOMETHING.format(row, WITHHELD) for row in ("captures", "NEW"))
_WAITS = "INSERT OR IGNORE INTO _withheld_pages (payload_digest, site, article_id)"

# In their order: to put a million of them here and there would hold the lock for half a minute.
_ALL_WAIT = f"{_WAITS} SELECT payload_digest, site, '' FROM captures WHERE site = ?1 AND {_IT_SAYS} ORDER BY 1"
_SHOWN = f"SELECT 1 FROM captures WHERE payload_digest = kept.payload_digest AND +site = kept.site AND {_IT_SAYS}"
_UNSHOWN = f"DELETE FROM _withheld_pages AS kept WHERE site = ? AND article_id <> '' AND NOT EXISTS ({_SHOWN})"
_IS_SITES = "EXISTS (SELECT 1 FROM withheld WHERE site = NEW.site AND lifted IS NULL)"
_NEW_WAITS = f"BEGIN {_WAITS} VALUES (NEW.payload_digest, NEW.site, ''); END"
_NOW_SHOWN = f"OLD.record_type = 'revisit' OR OLD.quality = '{WITHHELD}'"

# What withheld articles list, captured or not, and what it is by who else lists it. {0}: the row that has changed.
_LISTED = "EXISTS (SELECT 1 FROM _withheld_files WHERE url_key = {0}.url_key)"
_ALONE = f"{_LISTED} AND NOT EXISTS (SELECT 1 FROM attachments WHERE url_key = {{0}}.url_key)"
_NO_PAGE = "coalesce(media_type, '') NOT IN ('text/html', 'application/xhtml+xml')"
_SEAL_FILE = (
    f"UPDATE captures SET quality = '{WITHHELD}', quality_reason ="
    " (SELECT min(article_id) FROM _withheld_files WHERE url_key = {0}.url_key)"
    f" WHERE url_key = {{0}}.url_key AND (quality = '{FILE}' OR quality = '{WITHHELD}' AND {_NO_PAGE})"
)
_SHOW = f"UPDATE captures SET quality = '{FILE}', quality_reason = NULL WHERE quality = '{WITHHELD}' AND {_NO_PAGE}"
_SHOW_FILE = f"{_SHOW} AND url_key = {{0}}.url_key"

#: ``article_id``: whom the page names; "" for one that nobody has looked into. ``known``: a digest of all by which the
#: pages were looked through for an article.
TABLES = (
    """
    CREATE TABLE _withheld_pages (
        payload_digest TEXT NOT NULL, site TEXT NOT NULL REFERENCES sites(slug), article_id TEXT NOT NULL,
        PRIMARY KEY (payload_digest, site, article_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX withheld_pages_site ON _withheld_pages (site, article_id, payload_digest)",
    "CREATE TABLE _withheld_known (article_id TEXT PRIMARY KEY, known TEXT NOT NULL) WITHOUT ROWID",
    f"CREATE TRIGGER new_pages_wait AFTER INSERT ON captures WHEN {_NEW_SAYS} AND {_IS_SITES} {_NEW_WAITS}",
    "CREATE TRIGGER shown_pages_wait AFTER UPDATE OF record_type, quality ON captures"
    f" WHEN ({_NOW_SHOWN}) AND {_NEW_SAYS} AND {_IS_SITES} {_NEW_WAITS}",
    f"{_WAITS} SELECT payload_digest, site, '' FROM captures WHERE site IN"
    f" (SELECT site FROM withheld WHERE lifted IS NULL) AND {_IT_SAYS}",
)


def _trigger(name: str, of: str, event: str, condition: str, then: str) -> str:
    return f"CREATE TRIGGER {name} AFTER {event} WHEN {condition} BEGIN {then}; END".format(of)


#: The files that withheld articles list, captured or not. Whose a file is follows from who lists it, in whatever order
#: that is learnt: while withheld articles do and no other one does, its captures are under seal, by the name of the
#: first of them. At last: for those that are sealed already.
FILES = (
    "CREATE TABLE _withheld_files (url_key TEXT NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (url_key, article_id))"
    " WITHOUT ROWID",
    "CREATE INDEX withheld_files_article_id ON _withheld_files (article_id)",
    "INSERT OR IGNORE INTO _withheld_files SELECT url_key, quality_reason FROM captures"
    f" WHERE quality = '{WITHHELD}' AND {_NO_PAGE}",
    _trigger("file_came_in", "NEW", "INSERT ON captures", f"NEW.quality = '{FILE}' AND {_ALONE}", _SEAL_FILE),
    _trigger(
        "file_is_read", "NEW", "UPDATE OF quality ON captures", f"NEW.quality = '{FILE}' AND {_ALONE}", _SEAL_FILE
    ),
    _trigger("file_is_listed", "NEW", "INSERT ON attachments", _LISTED, _SHOW_FILE),
    _trigger("file_is_left", "OLD", "DELETE ON attachments", _ALONE, _SEAL_FILE),
    _trigger("file_is_withheld", "NEW", "INSERT ON _withheld_files", _ALONE, _SEAL_FILE),
    _trigger("file_stays_withheld", "OLD", "DELETE ON _withheld_files", _ALONE, _SEAL_FILE),
    _trigger("file_is_released", "OLD", "DELETE ON _withheld_files", f"NOT {_LISTED}", _SHOW_FILE),
    f"{_SHOW} AND url_key IN ({_FILES})",
)


def sealed(db: sqlite3.Connection) -> frozenset[str]:
    """The ids of the articles that are withheld now."""
    return frozenset(i for (i,) in db.execute("SELECT article_id FROM withheld WHERE lifted IS NULL"))


def keep_back(db: sqlite3.Connection, site: str) -> None:
    """Lets every page of a site wait to be looked into, within a transaction."""
    db.execute(_ALL_WAIT, (site,))


def let_go(db: sqlite3.Connection, site: str) -> None:
    """Forgets of pages that name an article those that are under seal themselves by now; shown again, they wait."""
    db.execute(_UNSHOWN, (site,))


def give_out(db: sqlite3.Connection, article_id: str, site: str) -> None:
    """Keeps no record back any more because of an article, within the transaction that lifts its seal."""
    db.execute("DELETE FROM _withheld_pages WHERE site = ? AND article_id = ?", (site, article_id))
    for table in ("_withheld_known", "_withheld_files"):
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    if db.execute("SELECT 1 FROM withheld WHERE site = ? AND lifted IS NULL", (site,)).fetchone() is None:
        db.execute("DELETE FROM _withheld_pages WHERE site = ?", (site,))


def seal_files(db: sqlite3.Connection, p: Prepared, article_id: str) -> None:
    """Puts under seal what this capture of a withheld article lists and no other does: now, and whenever it is met."""
    if p.reading is not None:
        keys = [(file.url_key, article_id) for file in p.reading.files(p.url)]
        db.executemany("INSERT OR IGNORE INTO _withheld_files VALUES (?, ?)", keys)


def seal(p: Prepared, article_id: str) -> Prepared:
    """A capture of a withheld article, or of its file, as the archive may hold it."""
    return replace(
        p,
        quality=WITHHELD,
        quality_reason=article_id,
        article_id=None,
        reading=None,
        body="",
        canonical_url=None,
        canonical_key=None,
        read_as=None,
        follow=(),
    )
