"""No string that somebody put into a page runs in any of ours: not under our policy, and not without it either."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from lxml import etree

from tests.browser.conftest import Opened
from tests.browser.hostile import ATTACKS

Open = Callable[..., Opened]

#: Notes whatever a script could do to show that it ran, before any page's own.
WATCH = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = () => window.ran.push(name);
document.addEventListener('securitypolicyviolation', e => window.ran.push(`${e.violatedDirective} ${e.blockedURI}`));
"""

#: What no page of ours holds, whoever wrote what is on it: elements and attributes that could run something.
FOUND = """() => {
  const found = [...window.ran];
  for (const e of document.querySelectorAll('*')) {
    if (e.localName === 'script' && e.type !== 'application/ld+json') found.push('script');
    if (['iframe', 'object', 'embed', 'base', 'template', 'marquee', 'math', 'xss:script'].includes(e.localName))
      found.push(e.localName);
    for (const a of e.attributes) {
      if (/^on/i.test(a.name)) found.push(`${e.localName} ${a.name}`);
      if (/^(href|src|action|formaction|data|poster|xlink:href)$/i.test(a.name)
          && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data):/i.test(a.value)) found.push(`${a.name}=${a.value}`);
      if (a.name === 'style') found.push('style attribute');
    }
  }
  return found;
}"""


@dataclass(frozen=True)
class Reading:
    """A reader of the attacked archive, and the attacks that this one meets in full."""

    opened: Opened
    attacks: list[str]


@pytest.fixture(params=[True, False], ids=["without our policy", "under our policy"])
def reading(request: pytest.FixtureRequest, open_page: Open, attacked: str) -> Iterator[Reading]:
    """Without a Content-Security-Policy escaping alone must hold, against every attack; under it, some have to do."""
    opened = open_page(attacked, bypass_csp=request.param)
    opened.page.add_init_script(WATCH)
    yield Reading(opened, ATTACKS if request.param else ATTACKS[::7])
    assert opened.heard.dialogs == opened.heard.elsewhere == []
    assert [line for line in opened.heard.console if "Failed to load resource" not in line] == []


def harmless(opened: Opened, path: str) -> None:
    """A page of ours at ``path`` holds nothing that runs."""
    opened.go(path)
    assert opened.page.evaluate(FOUND) == [], path


@pytest.fixture(scope="package")
def articles(chromium: Any, attacked: str) -> list[str]:
    """The ids of all attacking articles."""
    context = chromium.new_context()
    answer = context.request.get(f"{attacked}api/articles.json?limit=500").json()
    context.close()
    assert len(answer["articles"]) == len(ATTACKS) >= 100
    return [article["id"] for article in answer["articles"]]


def test_these_attacks_would_run_where_they_are_written_carelessly(open_page: Open, attacked: str) -> None:
    """Else the tests below would prove nothing."""
    ran = []
    opened = open_page(attacked)
    opened.page.add_init_script(WATCH)
    for attack in ATTACKS[::4]:
        places = (f"<p>{attack}</p>", f'<p title="{attack}">', f"<p title='{attack}'>", f"<title>{attack}</title>")
        shown(opened, f"<!doctype html>{''.join(places)}<a href='{attack}'>x</a>", "text/html", run=True)
        ran += [attack] if opened.page.evaluate(FOUND) else []
    assert len(ran) >= len(ATTACKS[::4]) * 0.7


def test_no_attack_runs_on_the_page_of_its_article(reading: Reading, articles: list[str]) -> None:
    for article in articles[: len(reading.attacks)]:
        harmless(reading.opened, f"/bai-viet/{article}")


def test_no_attack_runs_where_two_versions_are_compared(reading: Reading, articles: list[str]) -> None:
    # every second one: the feed of edits, below, has them all
    for n, article in enumerate(articles[: len(reading.attacks) : 2]):
        harmless(reading.opened, f"/so-sanh/{article}?small=1" + ("&view=inline" if n % 2 else ""))


def test_no_attack_runs_in_a_list(reading: Reading) -> None:
    pages = ["/", "/?lang=en", "/da-go", "/ghi-chu", "/nguon-tin", "/hoi", "/tim-kiem?q=hoi+nghi"]
    for path in [*pages, *(f"/tim-kiem?q=h%E1%BB%99i&page={n}" for n in range(1, 8))]:
        harmless(reading.opened, path)


def test_no_attack_runs_that_stands_in_the_address(reading: Reading) -> None:
    opened, attacks = reading.opened, reading.attacks
    for attack in attacks:
        harmless(opened, f"/tim-kiem?{urlencode({'q': attack})}")
    for attack in attacks[::5]:
        asked = urlencode(dict.fromkeys(("q", "site", "section", "author", "document", "status", "since"), attack))
        harmless(opened, f"/tim-kiem?{asked}")
        harmless(opened, f"/nguon-tin?{asked}")
        harmless(opened, f"/bai-viet/{quote(attack, safe='')}")
        harmless(opened, f"/so-sanh/{quote(attack, safe='')}?{urlencode({'tu': attack})}")
        harmless(opened, f"/da-go?{urlencode({'state': attack, 'site': attack, 'page': attack})}")
        harmless(opened, f"/?{urlencode({'lang': attack, attack: attack})}")


def test_no_attack_runs_on_datasettes_own_pages(reading: Reading) -> None:
    tables = ("articles", "texts", "revisions", "captures", "events", "attachments", "alerts", "notes", "sites",
              "removed_articles", "what_changed")  # fmt: skip
    pages = ["/archive", *(f"/archive/{table}?_size=140" for table in tables)]
    pages += [f"/archive/search?{urlencode({'q': 'hoi nghi'})}"]
    for attack in reading.attacks[::20]:
        sql = urlencode({"sql": f"select :a as x, '{attack.replace(chr(39), chr(39) * 2)}' as y", "a": attack})
        pages += [f"/archive?{sql}", f"/archive/articles?{urlencode({'headline': attack, '_sort': attack})}"]
        pages += [f"/archive/{quote(attack, safe='')}", f"/-/{quote(attack, safe='')}"]
    for path in pages:
        reading.opened.go(path)
        # these pages have scripts of their own: what ran is looked at, not what is there
        assert reading.opened.page.evaluate("window.ran") == [], path
        assert reading.opened.page.locator("img[onerror], svg[onload], [onfocus]").count() == 0, path


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_no_attack_runs_in_a_feed_opened_in_the_browser_nor_in_a_reader_that_shows_its_html(
    open_page: Open, attacked: str, form: str
) -> None:
    victim = open_page(attacked)  # which sees bodies alone, without any policy
    victim.page.add_init_script(WATCH)
    for kind in ("new", "edits", "removals", "alerts"):
        path = f"{victim.address}feeds/{kind}.{form}"
        body = victim.page.request.get(path).text()
        # Chromium downloads what it has no viewer for: it is shown as any server might declare it
        shown(victim, body, "application/json" if form == "json" else "application/xml")
        shown(victim, reader_page(body.encode(), form), "text/html")
    assert victim.heard.nothing()


def shown(opened: Opened, body: str, media_type: str, *, run: bool = False) -> None:
    """``body`` opened in the browser, without any header of ours; unless it may ``run``, nothing in it does."""
    address = f"{opened.address}-/shown"
    opened.page.route(address, lambda route: route.fulfill(body=body, content_type=f"{media_type}; charset=utf-8"))
    opened.page.goto(address, wait_until="load")
    opened.page.unroute(address)
    if run:
        return
    assert opened.page.evaluate("window.ran") == []
    if media_type == "text/html":
        assert opened.page.evaluate(FOUND) == []


def reader_page(body: bytes, form: str) -> str:
    """What a careless reader makes of a feed: the HTML of its entries, as it came."""
    if form == "json":
        items: list[dict[str, Any]] = json.loads(body)["items"]
        html = [item.get("content_html", "") for item in items]
    else:
        tree = etree.fromstring(body)
        html = [e.text for tag in ("{*}content", "{*}encoded") for e in tree.iter(tag)]
        html += [e.text for item in tree.iter("item") for e in item.iterfind("description")]
    assert len(html) >= 100
    return f"<!doctype html><title>x</title>{''.join(text or '' for text in html)}"
