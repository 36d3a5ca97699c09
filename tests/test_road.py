"""The whole road on real input: a portal crawled through its own listings, and a crawl killed twenty times."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.world import World

#: How often a crawl is killed, and of which sites; ``make soak`` takes all.
SOAK = bool(os.environ.get("LUUTIN_SOAK"))
KILLS = 60 if SOAK else 20
SITES = ("hai_duong", "binh_thanh", *(("lam_binh", "quang_binh", "tuyen_quang") if SOAK else ()))

#: What an archive says, whenever and in however many attempts it was fetched.
SAYS = {
    "articles": "SELECT id, site, section, url, headline, description, author, date_published, word_count, status,"
    " revision_count, text_digest, same_text_as FROM articles ORDER BY id",
    "texts": "SELECT text_digest, body FROM texts ORDER BY 1",
    "revisions": "SELECT article_id, reading_digest, content_digest, change FROM revisions ORDER BY 1, 2",
    "article_urls": "SELECT url_key, article_id, url, evidence FROM article_urls ORDER BY 1, 2",
    "events": "SELECT article_id, kind, baseline, summary FROM events ORDER BY 1, 2",
    "files": "SELECT article_id, kind, url, name, media_type, payload_digest FROM attachments ORDER BY 1, 3",
    "sightings": "SELECT DISTINCT section, url_key FROM sightings ORDER BY 1, 2",
    "frontier": "SELECT url_key FROM frontier ORDER BY 1",
}


def rows(data: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{data / 'archive.db'}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def says(data: Path) -> dict[str, list[Any]]:
    return {name: rows(data, query) for name, query in SAYS.items()}


def command(*arguments: str, data: Path, config: Path) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | {"LUUTIN_DATA": str(data), "LUUTIN_CONFIG": str(config)}
    environment |= {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    return [sys.executable, "-m", "scrapy", *arguments], environment


def crawl(slug: str, data: Path, config: Path) -> dict[str, Any]:
    arguments, environment = command("crawl", slug, data=data, config=config)
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    columns = "outcome, requests, listings, errors, articles_new, revisions_new, captures"
    found = rows(data, f"SELECT {columns} FROM crawls ORDER BY id DESC LIMIT 1")
    return dict(zip(columns.split(", "), found[0], strict=True))


def sound(data: Path) -> None:
    """The database is whole, and every WARC is valid for somebody else's tool."""
    assert rows(data, "PRAGMA integrity_check") == [("ok",)]
    assert rows(data, "PRAGMA foreign_key_check") == []
    files = [str(path) for path in sorted((data / "warc").iterdir())]
    assert files
    assert all(name.endswith(".warc.gz") for name in files), "every file is sealed"
    check = Path(sys.executable).with_name("warcio")
    done = subprocess.run([check, "check", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("slug", SITES)
def test_a_crawl_killed_at_random_moments_ends_with_the_archive_of_an_undisturbed_one(
    tmp_path: Path, slug: str
) -> None:
    chance = random.Random(f"kill {slug}")
    with World(articles_per_site=250) as world:
        config = tmp_path / "luutin.toml"
        config.write_text(world.config_toml(), encoding="utf-8")
        undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
        assert crawl(slug, undisturbed, config)["outcome"] == "complete"
        for _ in range(KILLS):
            arguments, environment = command("crawl", slug, data=killed, config=config)
            process = subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
            asked = len(world.log(slug)) + chance.randrange(90)
            while process.poll() is None and len(world.log(slug)) < asked:
                time.sleep(0.001)  # the moment is a number of answers, and a little that falls anywhere
            time.sleep(chance.uniform(0, 0.1))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        crawl(slug, killed, config)
        final = crawl(slug, killed, config)  # whatever the last kill left is done; a night later there is nothing new
        assert (final["outcome"], final["articles_new"], final["revisions_new"]) == ("complete", 0, 0)
        assert says(killed) == says(undisturbed)
    torn = rows(killed, "SELECT count(*), sum(captures > 0) FROM crawls WHERE outcome = 'interrupted'")[0]
    assert min(torn) >= KILLS // 4, f"the kills came too early or too late to show anything: {torn}"
    sound(killed)
    sound(undisturbed)


@contextmanager
def portal(shared: Path) -> Iterator[str]:
    """The corpus as its own server shows it; the address."""
    corpus = shared / "corpus"
    arguments = [sys.executable, corpus / "serve.py", corpus / "sotttt-hanoi-party.warc.gz"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.mark.shared
def test_a_real_section_is_crawled_through_its_own_listings_and_the_crawl_ends(shared: Path, tmp_path: Path) -> None:
    gold = (shared / "corpus" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    identifiers = {json.loads(line)["cms_id"] for line in gold}
    with portal(shared) as url:
        config = tmp_path / "luutin.toml"
        section = '[{ name = "Hoạt động Đảng, đoàn thể", path = "/hoat-ong-ang-oan-the.html" }]'
        # the mirror kept no pictures; each would be asked for, and answered with 404
        config.write_text(
            "[network]\nallow_private_addresses = true\n[politeness]\ndelay_seconds = 0\n[sites.sotttt_hanoi]\n"
            f'home_url = "{url}"\nsections = {section}\nkeep_images = false\n',
            encoding="utf-8",
        )
        data = tmp_path / "data"
        first = crawl("sotttt_hanoi", data, config)
        second = crawl("sotttt_hanoi", data, config)
    assert first["outcome"] == "complete"
    assert first["articles_new"] == len(identifiers) == 257
    assert rows(data, "SELECT count(*) FROM texts") == [(246,)]
    assert rows(data, "SELECT count(*) FROM revisions") == [(257,)]
    assert first["requests"] <= 1.15 * (257 + first["listings"])
    assert (second["articles_new"], second["revisions_new"], second["listings"]) == (0, 0, 1)
    assert second["requests"] <= 2  # robots.txt and the first page of the listing, where all is known
    sound(data)
