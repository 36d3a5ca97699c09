"""The schema of archive.db, as sqlite-utils migrations: only ever added to, applied in order, each in a transaction."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.coverage_views import COVERAGE

#: Applied migrations are recorded under this name, by which a foreign or newer database is recognised.
migrations = Migrations("luutin")

# Foreign keys that close a circle, or whose row comes later in the same transaction, are deferred to the commit.
_LATER = "DEFERRABLE INITIALLY DEFERRED"

_TABLES = f"""
CREATE TABLE sites (
    slug TEXT PRIMARY KEY, name TEXT NOT NULL, committee TEXT NOT NULL, province TEXT NOT NULL, successor TEXT,
    home_url TEXT NOT NULL, cms TEXT NOT NULL, status TEXT NOT NULL, description TEXT
);
CREATE TABLE crawls (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), reason TEXT NOT NULL,
    started TEXT NOT NULL, finished TEXT, outcome TEXT, outcome_reason TEXT,
    requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, listings INTEGER NOT NULL DEFAULT 0,
    captures INTEGER NOT NULL DEFAULT 0, articles_new INTEGER NOT NULL DEFAULT 0,
    revisions_new INTEGER NOT NULL DEFAULT 0, removals_new INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0,
    skipped TEXT NOT NULL DEFAULT '{{}}', complete_down_to TEXT NOT NULL DEFAULT '{{}}', software_version TEXT NOT NULL
);
CREATE TABLE texts (text_digest TEXT PRIMARY KEY, body TEXT NOT NULL, word_count INTEGER NOT NULL);
CREATE TABLE readings (
    reading_digest TEXT PRIMARY KEY, content_digest TEXT NOT NULL,
    text_digest TEXT NOT NULL REFERENCES texts(text_digest),
    headline TEXT, description TEXT, author TEXT, section TEXT, date_published TEXT, word_count INTEGER NOT NULL,
    captions TEXT NOT NULL, images TEXT NOT NULL, attachments TEXT NOT NULL, extractor_version TEXT NOT NULL
);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), section TEXT,
    url TEXT NOT NULL, url_key TEXT NOT NULL, headline TEXT, description TEXT, author TEXT, date_published TEXT,
    word_count INTEGER NOT NULL, status TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, last_checked TEXT NOT NULL, last_changed TEXT,
    revision_count INTEGER NOT NULL, current_revision_id TEXT NOT NULL REFERENCES revisions(id) {_LATER},
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), same_text_as TEXT REFERENCES articles(id) {_LATER},
    docid INTEGER NOT NULL UNIQUE
);
CREATE TABLE captures (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), crawl_id TEXT REFERENCES crawls(id),
    article_id TEXT REFERENCES articles(id) {_LATER}, url TEXT NOT NULL, url_key TEXT NOT NULL,
    memento_datetime TEXT NOT NULL, record_type TEXT NOT NULL, status_code INTEGER, media_type TEXT,
    content_length INTEGER,
    etag TEXT, last_modified TEXT, payload_digest TEXT NOT NULL,
    reading_digest TEXT REFERENCES readings(reading_digest), content_digest TEXT,
    quality TEXT NOT NULL, quality_reason TEXT, redirect_to TEXT, canonical_url TEXT, canonical_key TEXT,
    identity TEXT NOT NULL, warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL, warc_length INTEGER NOT NULL,
    UNIQUE (url_key, memento_datetime, payload_digest)
);
CREATE TABLE capture_sources (
    capture_id TEXT NOT NULL REFERENCES captures(id) ON UPDATE CASCADE {_LATER},
    source TEXT NOT NULL, origin TEXT NOT NULL,
    PRIMARY KEY (capture_id, source, origin)
) WITHOUT ROWID;
CREATE TABLE article_urls (
    url_key TEXT NOT NULL, article_id TEXT NOT NULL REFERENCES articles(id) {_LATER}, url TEXT NOT NULL,
    evidence TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, PRIMARY KEY (url_key, article_id)
);
CREATE TABLE revisions (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles(id) {_LATER},
    capture_id TEXT NOT NULL REFERENCES captures(id) ON UPDATE CASCADE {_LATER},
    memento_datetime TEXT NOT NULL, observed_after TEXT, observed_by TEXT NOT NULL,
    headline TEXT, description TEXT, author TEXT, date_published TEXT, section TEXT,
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), content_digest TEXT NOT NULL,
    reading_digest TEXT NOT NULL REFERENCES readings(reading_digest), change TEXT NOT NULL,
    words_added INTEGER, words_removed INTEGER, extractor_version TEXT NOT NULL
);
CREATE TABLE attachments (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles(id) {_LATER}, kind TEXT NOT NULL,
    url TEXT NOT NULL, url_key TEXT NOT NULL, name TEXT, media_type TEXT, content_length INTEGER, payload_digest TEXT,
    capture_id TEXT REFERENCES captures(id) ON UPDATE CASCADE {_LATER}
);
CREATE TABLE sightings (
    crawl_id TEXT NOT NULL REFERENCES crawls(id),
    section TEXT NOT NULL, position INTEGER NOT NULL, url_key TEXT NOT NULL,
    PRIMARY KEY (crawl_id, section, url_key)
);
CREATE TABLE frontier (
    url_key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), url TEXT NOT NULL, section TEXT,
    reason TEXT NOT NULL, discovered TEXT NOT NULL, not_before TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, leased_until TEXT
);
CREATE TABLE events (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), article_id TEXT REFERENCES articles(id) {_LATER},
    revision_id TEXT REFERENCES revisions(id) {_LATER}, kind TEXT NOT NULL, at TEXT NOT NULL, recorded_at TEXT NOT NULL,
    baseline INTEGER NOT NULL, summary TEXT, evidence TEXT NOT NULL
);
CREATE TABLE removals (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles(id), first_missing TEXT NOT NULL, confirmed TEXT,
    restored TEXT, checks INTEGER NOT NULL DEFAULT 0, evidence TEXT NOT NULL,
    last_good_capture_id TEXT REFERENCES captures(id) ON UPDATE CASCADE
);
CREATE TABLE alerts (
    id TEXT PRIMARY KEY, site TEXT REFERENCES sites(slug), kind TEXT NOT NULL, opened TEXT NOT NULL, closed TEXT,
    message TEXT NOT NULL, evidence TEXT NOT NULL
);
CREATE TABLE deliveries (
    event_id TEXT NOT NULL REFERENCES events(id), channel TEXT NOT NULL, attempted TEXT NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (event_id, channel, attempted)
);
CREATE VIRTUAL TABLE articles_fts USING fts5(exact, folded, content='', tokenize="unicode61 remove_diacritics 0")
"""

# Every column that Datasette facets or sorts by, every foreign key, and what the archive itself looks up.
_INDEXES = """
crawls (site, id)
crawls (started)
crawls (outcome)
readings (text_digest)
articles (site, date_published)
articles (section)
articles (author)
articles (date_published)
articles (status)
articles (first_seen)
articles (last_seen)
articles (last_checked)
articles (last_changed)
articles (revision_count)
articles (url_key)
articles (current_revision_id)
articles (text_digest, first_seen, id, same_text_as)
articles (same_text_as)
captures (article_id, memento_datetime)
captures (site, memento_datetime)
captures (memento_datetime)
captures (crawl_id)
captures (payload_digest, record_type, url_key, memento_datetime)
captures (reading_digest)
captures (quality)
captures (media_type)
captures (status_code)
captures (redirect_to) WHERE redirect_to IS NOT NULL
capture_sources (source)
article_urls (article_id)
revisions (article_id, memento_datetime)
revisions (memento_datetime)
revisions (observed_by)
revisions (change)
revisions (capture_id)
revisions (text_digest)
revisions (reading_digest)
attachments (article_id)
attachments (url_key)
attachments (media_type)
attachments (kind)
attachments (payload_digest)
attachments (capture_id)
sightings (url_key, section, crawl_id)
frontier (site, not_before)
frontier (reason)
events (site, at)
events (article_id)
events (revision_id)
events (kind, baseline, at)
events (at)
removals (article_id)
removals (last_good_capture_id)
alerts (site, closed)
alerts (kind)
"""

_VIEWS = """
CREATE VIEW new_articles AS
SELECT articles.id AS article_id, events.at, articles.site, articles.section, articles.headline,
       articles.date_published, articles.author, articles.url, events.id AS event_id, events.recorded_at
FROM events JOIN articles ON articles.id = events.article_id
WHERE events.kind = 'new' AND NOT events.baseline ORDER BY events.at DESC, articles.id;
CREATE VIEW what_changed AS
SELECT revisions.id AS revision_id, revisions.observed_by, revisions.observed_after, articles.site,
       revisions.article_id, revisions.headline, revisions.words_added, revisions.words_removed,
       revisions.date_published, articles.url
FROM revisions JOIN articles ON articles.id = revisions.article_id
WHERE revisions.change = 'edited' ORDER BY revisions.memento_datetime DESC, revisions.id;
CREATE VIEW removed_articles AS
SELECT articles.id AS article_id, articles.status, articles.last_seen, articles.last_checked, articles.site,
       articles.section, articles.headline, articles.date_published, articles.url,
       removals.first_missing, removals.confirmed, removals.restored
FROM articles LEFT JOIN removals ON removals.id =
    (SELECT id FROM removals AS r WHERE r.article_id = articles.id ORDER BY first_missing DESC LIMIT 1)
WHERE articles.status IN ('suspect', 'removed') ORDER BY articles.last_checked DESC, articles.id;
CREATE VIEW site_health AS
SELECT sites.slug AS site, sites.name, sites.status, crawls.started AS last_crawl, crawls.finished, crawls.outcome,
       crawls.outcome_reason, crawls.requests, crawls.errors, crawls.articles_new, crawls.revisions_new,
       (SELECT count(*) FROM articles WHERE articles.site = sites.slug) AS articles,
       (SELECT max(date_published) FROM articles WHERE articles.site = sites.slug) AS newest_article,
       (SELECT count(*) FROM alerts WHERE alerts.site = sites.slug AND closed IS NULL) AS open_alerts
FROM sites LEFT JOIN crawls ON crawls.id = (SELECT max(id) FROM crawls AS c WHERE c.site = sites.slug);
CREATE VIEW articles_by_month AS
SELECT site, substr(date_published, 1, 7) AS month, count(*) AS articles, count(*) - count(same_text_as) AS texts
FROM articles WHERE date_published IS NOT NULL GROUP BY site, month ORDER BY month DESC, site
"""


@migrations()
def m001_archive(db: Database) -> None:
    """Everything that issue 2 of Lưu Tin needs, and the monitor's tables, empty as yet."""
    for statement in _TABLES.split(";"):
        db.execute(statement)
    for line in _INDEXES.strip().splitlines():
        table, _, rest = line.partition(" ")
        columns = rest[1 : rest.index(")")].replace(", ", "_")
        db.execute(f"CREATE INDEX {table}_{columns} ON {table} {rest}")
    for statement in _VIEWS.split(";"):
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
    ON UPDATE CASCADE {_LATER}, reason TEXT NOT NULL, extractor_version TEXT NOT NULL, retracted_at TEXT NOT NULL
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
