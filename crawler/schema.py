"""The tables, indexes and views that archive.db began with, as SQL; what came later stands in crawler/migrations.py."""

from __future__ import annotations

# Foreign keys that close a circle, or whose row comes later in the same transaction, are deferred to the commit.
LATER = "DEFERRABLE INITIALLY DEFERRED"

TABLES = f"""
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
    revision_count INTEGER NOT NULL, current_revision_id TEXT NOT NULL REFERENCES revisions(id) {LATER},
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), same_text_as TEXT REFERENCES articles(id) {LATER},
    docid INTEGER NOT NULL UNIQUE
);
CREATE TABLE captures (
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), crawl_id TEXT REFERENCES crawls(id),
    article_id TEXT REFERENCES articles(id) {LATER}, url TEXT NOT NULL, url_key TEXT NOT NULL,
    memento_datetime TEXT NOT NULL, record_type TEXT NOT NULL, status_code INTEGER, media_type TEXT,
    content_length INTEGER,
    etag TEXT, last_modified TEXT, payload_digest TEXT NOT NULL,
    reading_digest TEXT REFERENCES readings(reading_digest), content_digest TEXT,
    quality TEXT NOT NULL, quality_reason TEXT, redirect_to TEXT, canonical_url TEXT, canonical_key TEXT,
    identity TEXT NOT NULL, warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL, warc_length INTEGER NOT NULL,
    UNIQUE (url_key, memento_datetime, payload_digest)
);
CREATE TABLE capture_sources (
    capture_id TEXT NOT NULL REFERENCES captures(id) ON UPDATE CASCADE {LATER},
    source TEXT NOT NULL, origin TEXT NOT NULL,
    PRIMARY KEY (capture_id, source, origin)
) WITHOUT ROWID;
CREATE TABLE article_urls (
    url_key TEXT NOT NULL, article_id TEXT NOT NULL REFERENCES articles(id) {LATER}, url TEXT NOT NULL,
    evidence TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, PRIMARY KEY (url_key, article_id)
);
CREATE TABLE revisions (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles(id) {LATER},
    capture_id TEXT NOT NULL REFERENCES captures(id) ON UPDATE CASCADE {LATER},
    memento_datetime TEXT NOT NULL, observed_after TEXT, observed_by TEXT NOT NULL,
    headline TEXT, description TEXT, author TEXT, date_published TEXT, section TEXT,
    text_digest TEXT NOT NULL REFERENCES texts(text_digest), content_digest TEXT NOT NULL,
    reading_digest TEXT NOT NULL REFERENCES readings(reading_digest), change TEXT NOT NULL,
    words_added INTEGER, words_removed INTEGER, extractor_version TEXT NOT NULL
);
CREATE TABLE attachments (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles(id) {LATER}, kind TEXT NOT NULL,
    url TEXT NOT NULL, url_key TEXT NOT NULL, name TEXT, media_type TEXT, content_length INTEGER, payload_digest TEXT,
    capture_id TEXT REFERENCES captures(id) ON UPDATE CASCADE {LATER}
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
    id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), article_id TEXT REFERENCES articles(id) {LATER},
    revision_id TEXT REFERENCES revisions(id) {LATER}, kind TEXT NOT NULL, at TEXT NOT NULL, recorded_at TEXT NOT NULL,
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
INDEXES = """
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

VIEWS = """
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
