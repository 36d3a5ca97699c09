"""``luutin extract``: what the archive would make of one page."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from crawler.cms import generic_site
from crawler.config_tables import MAX_BYTES
from crawler.errors import InputError
from crawler.site import Site
from crawler.urls import host_key, is_article
from monitor.commands.options import Setting, common, named
from monitor.fetch import Fetched, fetch

if TYPE_CHECKING:
    from crawler.trace import Trace


@click.command()
@click.argument("page", metavar="FILE|URL|-")
@click.option("--site", "slug", metavar="SITE", help="Read it as a page of this site, whatever its address.")
@click.option("--url", metavar="URL", help="The address that a saved page had.")
@click.option("--why", is_flag=True, help="Explain it instead: the rule that took each field and that cut each line.")
@click.option("--json", "as_json", is_flag=True, help="With --why: print both as JSON.")
@common
def extract(setting: Setting, page: str, slug: str | None, url: str | None, why: bool, as_json: bool) -> None:
    """Show what the archive would make of one page.

    Prints JSON, or with --why an explanation for people. The page is a saved FILE, a URL to fetch, or - for what
    comes in on standard input. Without --site its address decides which site's rules are used; a page of an unknown
    site is read by its structure and language alone.

    \b
    Example:  luutin extract page.html --site hai_duong
    """
    from crawler.trace import Trace
    from monitor import explaining

    fetched = _page(page, url, setting)
    site, address = _site(fetched, slug, setting)
    trace = Trace(site or generic_site("")) if why else None
    said = read(fetched, site, address, trace)
    if trace is not None and not as_json:
        explaining.explain(trace, said)
        return
    told = said if trace is None else {**said, "why": explaining.as_json(trace)}
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def read(fetched: Fetched, site: Site | None, url: str, trace: Trace | None = None) -> dict[str, Any]:
    """The page as ``luutin extract`` prints it; with no site, read by the generic rules."""
    from crawler import extract as reading
    from crawler.quality import judge
    from crawler.text import content_digest

    rules = site or generic_site("")
    page = reading.read(fetched.payload, url, rules, charset=fetched.charset, trace=trace)
    verdict = judge(page, status=fetched.status or None, site=rules, url=url)
    article = page.article
    return {
        "site": site.slug if site else None,
        "url": article.url,
        "headline": article.headline,
        "description": article.description,
        "author": article.author,
        "section": article.section,
        "date_published": article.date_published,
        "paragraphs": list(article.paragraphs),
        "captions": list(article.captions),
        "images": [asdict(image) for image in article.images],
        "attachments": [asdict(attachment) for attachment in article.attachments],
        "content_digest": content_digest(article.headline, article.paragraphs),
        "quality": verdict.quality,
        "quality_reason": verdict.reason,
    }


def _page(page: str, url: str | None, setting: Setting) -> Fetched:
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"--url {url} is not a web address: write it like https://example.org/page.")
    if page.lower().startswith(("http://", "https://")):
        fetched = fetch(page, setting.config)
        return fetched if url is None else Fetched(url, fetched.status, fetched.charset, fetched.payload)
    if page == "-":
        payload = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        try:
            with Path(page).open("rb") as file:
                payload = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{page} cannot be read ({reason}): give a saved page, a URL, or - for input.") from None
    if len(payload) > MAX_BYTES:
        raise InputError(f"{page} has more than {MAX_BYTES} bytes: that is no page.")
    return Fetched(url or "", 0, None, payload)


def _site(fetched: Fetched, slug: str | None, setting: Setting) -> tuple[Site | None, str]:
    """Whose rules read the page, and the address it had: as given, or else as its canonical link says."""
    from crawler import extract as reading

    given = named([slug], setting.sites())[0] if slug else None
    if fetched.url:
        return given or _of_host(fetched.url, setting), fetched.url
    canonical = reading.read(fetched.payload, "", given or generic_site(""), charset=fetched.charset).canonical or ""
    site = given or _of_host(canonical, setting)
    # Templates name the home page or a section as canonical on every page: only an article's address is believed.
    believed = site is not None and is_article(canonical, site.urls)
    return (site, canonical) if believed else (given, "")


def _of_host(url: str, setting: Setting) -> Site | None:
    from spiders import by_host, undeclared

    if not url:
        return None
    try:
        return by_host(setting.config).get(host_key(url)) or undeclared(url)
    except ValueError as error:
        raise InputError(str(error)) from None
