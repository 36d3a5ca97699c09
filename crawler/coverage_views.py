"""What is listed, and what of it the archive holds, as SQL: the tables and views that ``m006_coverage`` makes.

An address is listed once a crawl has sighted it in a section, and held once it is an article's. A listing shows the
newest first: what stands above dates an article that is not there to be read; at its top, the crawl's own month does.
"""

from __future__ import annotations

#: Applied once, by migrations: changed by a further migration only.
COVERAGE = """
ALTER TABLE crawls ADD COLUMN listed TEXT NOT NULL DEFAULT '{}';
CREATE TABLE not_fetched (
    url_key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), url TEXT NOT NULL, reason TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX not_fetched_site ON not_fetched (site);
CREATE INDEX not_fetched_reason ON not_fetched (reason);
CREATE INDEX not_fetched_at ON not_fetched (at);
CREATE VIEW coverage AS
WITH listed AS (
    SELECT url_key, section, min(crawl_id) AS first,
           EXISTS (SELECT 1 FROM article_urls WHERE article_urls.url_key = sightings.url_key) AS held
    FROM sightings GROUP BY url_key, section
), counted AS (
    SELECT crawls.site, listed.section, count(*) AS listed, sum(held) AS held
    FROM listed CROSS JOIN crawls ON crawls.id = listed.first GROUP BY crawls.site, listed.section
), told AS (
    SELECT counted.*,
           (SELECT json_extract(said.value, '$.total') FROM crawls AS c, json_each(c.listed) AS said
            WHERE c.site = counted.site AND said.key = counted.section
            AND json_extract(said.value, '$.total') IS NOT NULL ORDER BY c.id DESC LIMIT 1) AS total
    FROM counted
)
SELECT site, section, listed, held, listed - held AS missing, total AS listing_total,
       max(0, coalesce(total, 0) - listed) AS not_listed_yet,
       round(100.0 * held / max(listed, coalesce(total, 0)), 1) AS percent
FROM told ORDER BY site, section;
CREATE VIEW coverage_by_month AS
WITH listed AS (
    SELECT url_key, section, max(crawl_id) AS crawl_id FROM sightings GROUP BY url_key, section
), dated AS (
    SELECT listed.crawl_id, listed.section, sightings.position, article_urls.article_id IS NOT NULL AS held,
           max(substr(articles.date_published, 1, 7)) AS month
    FROM listed CROSS JOIN sightings ON sightings.crawl_id = listed.crawl_id AND sightings.section = listed.section
    AND sightings.url_key = listed.url_key
    LEFT JOIN article_urls ON article_urls.url_key = listed.url_key
    LEFT JOIN articles ON articles.id = article_urls.article_id
    GROUP BY listed.url_key, listed.section
), estimated AS (
    SELECT crawl_id, section, held, coalesce(month, substr(max(printf('%09d', position) || month)
           OVER (PARTITION BY crawl_id, section ORDER BY position), 10)) AS month FROM dated
), counted AS (
    SELECT crawl_id, section, month, count(*) AS all_listed, sum(held) AS all_held FROM estimated
    GROUP BY crawl_id, section, month
)
SELECT crawls.site, counted.section, coalesce(counted.month, substr(crawls.started, 1, 7)) AS month,
       sum(all_listed) AS listed, sum(all_held) AS held, sum(all_listed) - sum(all_held) AS missing
FROM counted CROSS JOIN crawls ON crawls.id = counted.crawl_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 DESC;
CREATE VIEW missing_articles AS
WITH listed AS (
    SELECT url_key, section, min(crawl_id) AS first, max(crawl_id) AS last FROM sightings
    WHERE NOT EXISTS (SELECT 1 FROM article_urls WHERE article_urls.url_key = sightings.url_key)
    GROUP BY url_key, section
), captured AS (
    SELECT listed.*, (SELECT captures.id FROM captures WHERE captures.url_key = listed.url_key
                      ORDER BY memento_datetime DESC, payload_digest DESC LIMIT 1) AS capture_id
    FROM listed
), met AS (
    SELECT captured.*, captures.url, captures.quality, captures.memento_datetime, frontier.url AS waiting,
           frontier.attempts, frontier.not_before, not_fetched.url AS tried, not_fetched.reason AS said,
           coalesce(not_fetched.at, '') >= coalesce(captures.memento_datetime, '') AS since
    FROM captured LEFT JOIN captures ON captures.id = captured.capture_id
    LEFT JOIN frontier ON frontier.url_key = CASE captures.quality WHEN 'redirect'
        THEN coalesce(captures.redirect_to, captured.url_key) ELSE captured.url_key END
    LEFT JOIN not_fetched ON not_fetched.url_key = CASE captures.quality WHEN 'redirect'
        THEN coalesce(captures.redirect_to, captured.url_key) ELSE captured.url_key END
), judged AS (
    SELECT *, CASE
        WHEN since AND said IN ('robots', 'denied', 'other_host', 'private_address', 'scheme', 'too_long', 'malformed',
                                'other_type', 'too_large') THEN 'refused'
        WHEN attempts > 0 THEN 'failed'
        WHEN waiting IS NOT NULL THEN 'waiting'
        WHEN quality IN ('error', 'login', 'challenge') OR (since AND said = 'no_answer') THEN 'failed'
        WHEN quality = 'not_found' THEN 'gone'
        WHEN capture_id IS NOT NULL THEN 'no_article'
        ELSE 'unknown' END AS reason
    FROM met
)
SELECT one.site, judged.section, judged.reason,
       CASE WHEN judged.reason IN ('refused', 'failed') THEN coalesce(CASE WHEN since THEN said END, quality)
            WHEN judged.reason IN ('gone', 'no_article') THEN quality END AS detail,
       coalesce(judged.url, waiting, tried) AS url, one.started AS first_listed, newest.started AS last_listed,
       attempts, not_before, capture_id, judged.url_key
FROM judged CROSS JOIN crawls AS one ON one.id = judged.first CROSS JOIN crawls AS newest ON newest.id = judged.last
ORDER BY one.site, judged.section, judged.first DESC, judged.url_key
"""
