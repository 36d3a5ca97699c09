"""The schema of archive.db, as sqlite-utils migrations: only ever added to, applied in order, each in a transaction."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler import journaling, sealing, withholding
from crawler.coverage_views import COVERAGE
from crawler.schema import INDEXES, LATER, TABLES, VIEWS
from crawler.search_index import INDEX, fill

#: Applied migrations are recorded under this name, by which a foreign or newer database is recognised.
migrations = Migrations("luutin")


@migrations()
def m001_archive(db: Database) -> None:
    """Everything that issue 2 of Lưu Tin needs, and the monitor's tables, empty as yet."""
    for statement in TABLES.split(";"):
        db.execute(statement)
    for line in INDEXES.strip().splitlines():
        table, _, rest = line.partition(" ")
        columns = rest[1 : rest.index(")")].replace(", ", "_")
        db.execute(f"CREATE INDEX {table}_{columns} ON {table} {rest}")
    for statement in VIEWS.split(";"):
        db.execute(statement)


_STUDIED = """
CREATE TABLE citations (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE, position INTEGER NOT NULL,
    document TEXT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, issuer TEXT, date TEXT, text TEXT NOT NULL,
    site TEXT NOT NULL REFERENCES sites(slug), cited_on TEXT NOT NULL, PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE TABLE similar_texts (
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), other_digest TEXT NOT NULL REFERENCES texts(text_digest),
    overlap REAL NOT NULL, PRIMARY KEY (text_digest, other_digest)
) WITHOUT ROWID;
CREATE TABLE _unstudied (text_digest TEXT NOT NULL, docid INTEGER NOT NULL, PRIMARY KEY (text_digest, docid))
WITHOUT ROWID;
CREATE TABLE _sketches (
    id INTEGER PRIMARY KEY, text_digest TEXT NOT NULL UNIQUE, shingles INTEGER NOT NULL, hashes BLOB NOT NULL
);
CREATE TABLE _sketch_hashes (hash INTEGER NOT NULL, sketch INTEGER NOT NULL, PRIMARY KEY (hash, sketch)) WITHOUT ROWID;
CREATE INDEX citations_document_kind_article_id_site_cited_on
    ON citations (document, kind, article_id, site, cited_on);
CREATE INDEX citations_site ON citations (site);
CREATE INDEX citations_cited_on ON citations (cited_on);
CREATE INDEX citations_kind ON citations (kind);
CREATE INDEX citations_issuer ON citations (issuer);
CREATE INDEX citations_date ON citations (date);
CREATE INDEX similar_texts_other_digest ON similar_texts (other_digest);
CREATE INDEX similar_texts_overlap ON similar_texts (overlap);
CREATE VIEW documents_cited AS
SELECT document, kind, count(DISTINCT article_id) AS articles,
       replace(group_concat(DISTINCT site), ',', ', ') AS sites,
       min(cited_on) AS first_cited, max(cited_on) AS last_cited
FROM citations GROUP BY document, kind ORDER BY articles DESC, document, kind;
CREATE VIEW similar_articles AS
SELECT one.id AS article_id, one.site, one.headline, other.id AS similar_article_id, other.site AS similar_site,
       other.headline AS similar_headline, similar_texts.overlap
FROM similar_texts JOIN articles AS one ON one.text_digest = similar_texts.text_digest
JOIN articles AS other ON other.text_digest = similar_texts.other_digest
ORDER BY similar_texts.overlap DESC, one.id, other.id;
INSERT INTO _unstudied SELECT text_digest, docid FROM articles
"""


@migrations()
def m002_studied(db: Database) -> None:
    """What follows from texts alone (crawler/studying): documents cited, similar texts; every text waits for it."""
    for statement in _STUDIED.split(";"):
        db.execute(statement)


_RULES = f"""
ALTER TABLE captures ADD COLUMN extractor_version TEXT NOT NULL DEFAULT '1';
ALTER TABLE readings DROP COLUMN extractor_version;
CREATE TABLE retracted_revisions (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL, memento_datetime TEXT NOT NULL, headline TEXT,
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), capture_id TEXT NOT NULL REFERENCES captures(id)
    ON UPDATE CASCADE {LATER}, reason TEXT NOT NULL, extractor_version TEXT NOT NULL, retracted_at TEXT NOT NULL
);
CREATE INDEX retracted_revisions_article_id_memento_datetime ON retracted_revisions (article_id, memento_datetime);
CREATE INDEX retracted_revisions_memento_datetime ON retracted_revisions (memento_datetime);
CREATE INDEX retracted_revisions_text_digest ON retracted_revisions (text_digest);
CREATE INDEX retracted_revisions_capture_id ON retracted_revisions (capture_id);
CREATE INDEX retracted_revisions_reason ON retracted_revisions (reason);
CREATE INDEX retracted_revisions_retracted_at ON retracted_revisions (retracted_at)
"""


@migrations()
def m003_rules(db: Database) -> None:
    """By which rules each capture was read ("1" until now), and the revisions that only our older rules had made."""
    for statement in _RULES.split(";"):
        db.execute(statement)


_REVISITS = """
CREATE TABLE _looks (
    article_id TEXT PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, site TEXT NOT NULL, due TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX looks_site_due ON _looks (site, due);
CREATE TABLE _habits (
    site TEXT PRIMARY KEY REFERENCES sites(slug), edits TEXT NOT NULL, days TEXT NOT NULL, worth REAL NOT NULL,
    learned_to TEXT NOT NULL
);
INSERT INTO _looks SELECT id, site, '' FROM articles
"""


@migrations()
def m004_revisits(db: Database) -> None:
    """When each article is looked at next ("": not decided yet), and what is known of a site's habits."""
    for statement in _REVISITS.split(";"):
        db.execute(statement)
    db.execute(
        "CREATE TRIGGER articles_are_looked_at AFTER INSERT ON articles BEGIN"
        " INSERT INTO _looks (article_id, site, due) VALUES (NEW.id, NEW.site, ''); END"
    )


_REMOVALS = """
CREATE TABLE mass_removals (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), cause TEXT NOT NULL, opened TEXT NOT NULL,
    closed TEXT, outcome TEXT, looked INTEGER NOT NULL, missing INTEGER NOT NULL, page TEXT, decision TEXT,
    evidence TEXT NOT NULL
);
CREATE TABLE reviews (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, site TEXT NOT NULL REFERENCES sites(slug),
    article_id TEXT REFERENCES articles(id) ON DELETE SET NULL, decision TEXT NOT NULL, note TEXT, by TEXT NOT NULL
);
ALTER TABLE removals ADD COLUMN moved_to TEXT REFERENCES articles(id) ON DELETE SET NULL;
ALTER TABLE removals ADD COLUMN mass_id TEXT REFERENCES mass_removals(id);
ALTER TABLE removals ADD COLUMN decision TEXT;
CREATE TABLE _weighed (site TEXT PRIMARY KEY REFERENCES sites(slug), crawl_id TEXT NOT NULL);
CREATE INDEX mass_removals_site_opened ON mass_removals (site, opened);
CREATE INDEX mass_removals_opened ON mass_removals (opened);
CREATE INDEX reviews_site ON reviews (site);
CREATE INDEX reviews_article_id ON reviews (article_id);
CREATE INDEX reviews_decision ON reviews (decision);
CREATE INDEX reviews_at ON reviews (at);
CREATE INDEX removals_moved_to ON removals (moved_to);
CREATE INDEX removals_mass_id ON removals (mass_id)
"""


@migrations()
def m005_removals(db: Database) -> None:
    """What monitor/removals decides and what a person decides (reviews); how far each site's crawls were weighed."""
    for statement in _REMOVALS.split(";"):
        db.execute(statement)


@migrations()
def m006_coverage(db: Database) -> None:
    """What listings say of themselves, why an address was not fetched, and what is listed but not held."""
    for statement in COVERAGE.split(";"):
        db.execute(statement)


_MESSAGES = """
DROP TABLE deliveries;
CREATE TABLE deliveries (
    event_id TEXT REFERENCES events(id), alert_id TEXT REFERENCES alerts(id), told TEXT NOT NULL,
    channel TEXT NOT NULL, attempted TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
    CHECK ((event_id IS NULL) <> (alert_id IS NULL))
);
CREATE TABLE _channels (name TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE _outbox (
    channel TEXT NOT NULL, item TEXT NOT NULL, told TEXT NOT NULL, recorded TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT NOT NULL DEFAULT '', PRIMARY KEY (channel, item, told)
) WITHOUT ROWID;
CREATE INDEX deliveries_event_id ON deliveries (event_id);
CREATE INDEX deliveries_alert_id ON deliveries (alert_id);
CREATE INDEX deliveries_attempted ON deliveries (attempted);
CREATE INDEX deliveries_outcome ON deliveries (outcome);
CREATE INDEX deliveries_channel_outcome_attempted ON deliveries (channel, outcome, attempted)
"""
_TOLD = "INSERT OR IGNORE INTO _outbox (channel, item, told, recorded) VALUES ('', NEW.id"


@migrations()
def m007_messages(db: Database) -> None:
    """What waits to be told (channel "": to whom is not decided yet), events and alerts; nothing was sent so far."""
    for statement in _MESSAGES.split(";"):
        db.execute(statement)
    for name, when, values in (
        ("events_are_told", "INSERT ON events WHEN NOT NEW.baseline", "'event', NEW.recorded_at"),
        ("alerts_are_told", "INSERT ON alerts", "'opened', NEW.opened"),
        (
            "ends_of_alerts_are_told",
            "UPDATE OF closed ON alerts WHEN OLD.closed IS NULL AND NEW.closed IS NOT NULL",
            "'closed', NEW.closed",
        ),
    ):
        db.execute(f"CREATE TRIGGER {name} AFTER {when} BEGIN {_TOLD}, {values}); END")


@migrations()
def m008_read_by(db: Database) -> None:
    """By which rules all captures of a site have been read, so that a night need not look through them."""
    db.execute("CREATE TABLE _read_by (site TEXT PRIMARY KEY REFERENCES sites(slug), rules TEXT NOT NULL)")


_NIGHTS = """
ALTER TABLE captures ADD COLUMN read_as TEXT;
ALTER TABLE crawls ADD COLUMN response_median REAL;
ALTER TABLE crawls ADD COLUMN response_p95 REAL;
ALTER TABLE crawls ADD COLUMN validators TEXT NOT NULL DEFAULT '{}'
"""


@migrations()
def m009_nights(db: Database) -> None:
    """By whose selectors a page was read; how fast a site answered, and whether what it calls unchanged was."""
    for statement in _NIGHTS.split(";"):
        db.execute(statement)


@migrations()
def m010_journal(db: Database) -> None:
    """What waits to be written into the journal's WARC files: all there is so far; and what was verified when."""
    db.execute(journaling.TABLE)
    db.execute("CREATE TABLE _verified (part TEXT PRIMARY KEY, at TEXT NOT NULL, faults INTEGER NOT NULL, upto TEXT)")
    journaling.note_everything(db.conn)


_NOTES = """
CREATE TABLE notes (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, site TEXT REFERENCES sites(slug), article_id TEXT, by TEXT NOT NULL,
    text TEXT NOT NULL, supersedes TEXT REFERENCES notes(id)
);
CREATE INDEX notes_at ON notes (at);
CREATE INDEX notes_site ON notes (site);
CREATE INDEX notes_article_id ON notes (article_id);
CREATE INDEX notes_supersedes ON notes (supersedes);
DROP INDEX revisions_change;
CREATE INDEX revisions_change_memento_datetime ON revisions (change, memento_datetime);
DROP INDEX articles_status;
CREATE INDEX articles_status_last_seen ON articles (status, last_seen);
CREATE INDEX removals_first_missing ON removals (first_missing)
"""


@migrations()
def m014_notes(db: Database) -> None:
    """What curators say, never rewritten; and the newest edits and disappearances without sorting all of them."""
    for statement in _NOTES.split(";"):
        db.execute(statement)


@migrations()
def m015_search(db: Database) -> None:
    """The search index counts in the order of dates, and knows whose each article is."""
    for statement in INDEX.split(";"):
        db.execute(statement)
    fill(db.conn)


_SIMILAR = """
DROP VIEW similar_articles;
DROP TABLE similar_texts;
DROP TABLE _sketches;
DELETE FROM _sketch_hashes;
CREATE TABLE _sketches (
    id INTEGER PRIMARY KEY, text_digest TEXT NOT NULL UNIQUE, shingles INTEGER NOT NULL, hashes BLOB NOT NULL,
    model INTEGER, differs BLOB NOT NULL
);
CREATE INDEX sketches_model ON _sketches (model) WHERE model IS NOT NULL;
CREATE TABLE _similar (
    one INTEGER NOT NULL, other INTEGER NOT NULL, overlap REAL NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE INDEX similar_overlap ON _similar (overlap);
CREATE VIEW similar_texts AS
SELECT mine.text_digest, theirs.text_digest AS other_digest, _similar.overlap
FROM _similar JOIN _sketches AS mine ON mine.id = _similar.one JOIN _sketches AS theirs ON theirs.id = _similar.other;
CREATE VIEW similar_articles AS
SELECT one.id AS article_id, one.site, one.headline, other.id AS similar_article_id, other.site AS similar_site,
       other.headline AS similar_headline, similar_texts.overlap
FROM similar_texts JOIN articles AS one ON one.text_digest = similar_texts.text_digest
JOIN articles AS other ON other.text_digest = similar_texts.other_digest
ORDER BY similar_texts.overlap DESC, one.id, other.id
"""


@migrations()
def m016_similar(db: Database) -> None:
    """Pairs of similar texts by numbers, in a tenth of the room; near-copies as what sets them apart from a model."""
    for statement in _SIMILAR.split(";"):
        db.execute(statement)


@migrations()
def m017_withheld(db: Database) -> None:
    """Which articles may not be shown, since when, until when and why."""
    for statement in withholding.TABLE.split(";"):
        db.execute(statement)


_FEEDS = """
CREATE INDEX events_recorded_at ON events (recorded_at);
CREATE INDEX events_site_kind_at ON events (site, kind, at);
DROP INDEX articles_section;
CREATE INDEX articles_section_site ON articles (section, site)
"""


@migrations()
def m018_feeds(db: Database) -> None:
    """Events in the order in which they were written down, a site's newest of a kind, and the sections of sites."""
    for statement in _FEEDS.split(";"):
        db.execute(statement)


@migrations()
def m019_withheld_pages(db: Database) -> None:
    """Which pages name what is withheld; all pages of the sites of what is wait to be looked into."""
    for statement in sealing.TABLES:
        db.execute(statement)


@migrations()
def m020_withheld_files(db: Database) -> None:
    """Which files withheld articles list; whether one is under seal follows from who lists it, whatever came first."""
    for statement in sealing.FILES:
        db.execute(statement)
