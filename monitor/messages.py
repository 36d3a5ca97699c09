"""What messages say: a title and a line for each event, in Vietnamese or English, as long as a service takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawler.summaries import Language, summary
from crawler.text import clean
from monitor.alerts import sentence

#: A digest of more lines is not read.
MOST = 50
#: Characters of a headline, a summary or an alert: enough to know what it is about.
LONGEST_TEXT = 240
#: Less of an event says nothing; then they are only counted.
SHORTEST = 40
#: Longer addresses are left out rather than cut.
LONGEST_URL = 500
#: What a service changes by escaping ("&amp;") must not make a message too long for it.
ESCAPING = 0.7
#: A text for services that set no limit: mail and webhooks take much more.
LONGEST_BODY = 60_000

#: One row a kind of event, in the order in which it is told: Vietnamese, English; then both as counted.
_KINDS: dict[str, tuple[str, str, str, str]] = {
    "alert_opened": ("Cảnh báo", "Alert", "cảnh báo", "alerts"),
    "alert_closed": ("Hết cảnh báo", "Alert over", "cảnh báo đã hết", "alerts over"),
    "site_missing": ("Trang có thể đã mất", "A site may be gone", "trang có thể đã mất", "sites perhaps gone"),
    "site_closed": ("Trang đã đóng", "A site has closed", "trang đã đóng", "sites closed"),
    "site_back": ("Trang đã rõ", "A site is settled", "trang đã rõ", "sites settled"),
    "removed": ("Bị gỡ", "Removed", "bài bị gỡ", "removed"),
    "edited": ("Được sửa", "Edited", "bài được sửa", "edited"),
    "restored": ("Đăng lại", "Restored", "bài đăng lại", "restored"),
    "moved": ("Chuyển địa chỉ", "Moved", "bài chuyển địa chỉ", "moved"),
    "new": ("Bài mới", "New", "bài mới", "new"),
}

_PHRASES: dict[str, tuple[str, str]] = {
    "no_headline": ("Không tiêu đề", "No headline"),
    "original": ("trang gốc", "original"),
    "more": ("… và {n} tin khác", "… and {n} more"),
    "many": (
        "{missing} trên {looked} bài không còn; tạm thời, còn theo dõi",
        "{missing} of {looked} articles are missing; provisional, still watched",
    ),
    "same_page": (
        "{missing} trên {looked} bài đều thành cùng một trang; tạm thời, còn theo dõi",
        "{missing} of {looked} articles became one and the same page; provisional, still watched",
    ),
    "led_off": (
        "{missing} trên {looked} địa chỉ bài nay dẫn sang trang khác; tạm thời, còn theo dõi",
        "the addresses of {missing} of {looked} articles lead to another site now; provisional, still watched",
    ),
    "no_answer": (
        "nhiều đêm liền không trả lời; tạm thời, còn theo dõi",
        "no answer for several nights; provisional, still watched",
    ),
    "back": ("đã trở lại", "it is back"),
    "still_there": ("vẫn còn", "it is still there"),
    "successor": ("nay là {successor}", "succeeded by {successor}"),
    "test_title": ("Lưu Tin: tin thử", "Lưu Tin: a test"),
    "test": (
        "Kênh “{channel}” đã nhận được tin của kho lưu trữ. {url}",
        "The channel “{channel}” receives messages of the archive. {url}",
    ),
}

# Strangers wrote the headlines: they must not call everybody of a chat, nor look like a service's own markup.
_TAMED = str.maketrans({"@": "＠", "<": "‹", ">": "›"})
_IN_URLS = str.maketrans({"@": "%40", "<": "%3C", ">": "%3E", '"': "%22", "`": "%60", "\\": "%5C", "|": "%7C"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a message tells of: an event, or an alert (``alert_opened``, ``alert_closed``)."""

    kind: str
    site: str = ""  # its name
    headline: str = ""
    summary: str = ""
    article_id: str | None = None
    original: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    alert: str = ""  # its kind


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: two lines of text at least."""

    title: str
    body: str


def compose(news: Sequence[News], language: Language, base_url: str, longest: int) -> Message:
    """One message about all of ``news``: the ``MOST`` most important in a line each, the rest counted.

    ``base_url``: where readers find the archive; "" leaves out links to it. ``longest``: characters that the service
    takes, 0 if it does not say.
    """
    order = list(_KINDS)
    ranked = sorted(news, key=lambda n: order.index(n.kind) if n.kind in _KINDS else len(order))
    title = _title(ranked, language)
    room = min(LONGEST_BODY, longest or LONGEST_BODY) * ESCAPING - len(title)
    lines: list[str] = []
    for item in ranked[:MOST]:
        left = len(ranked) - len(lines) - 1
        tail = len(_more(left, language, base_url)) if left else 0
        used = sum(len(line) + 1 for line in lines) + tail
        whole = _line(item, language, base_url)
        short = _line(item, language, "", links=False)
        if used + len(whole) <= room:
            lines.append(whole)
        elif not lines and room - tail > SHORTEST:
            lines.append(_cut(short, int(room) - tail - 1))
        else:
            break
    if left := len(ranked) - len(lines):
        lines.append(_more(left, language, base_url))
    return Message(title, _cut("\n".join(lines), max(1, int(room))))


def rehearsal(name: str, language: Language, base_url: str) -> Message:
    """What ``luutin notify --test`` sends."""
    return Message(_say("test_title", language), _say("test", language, channel=name, url=base_url).strip())


def _title(ranked: Sequence[News], language: Language) -> str:
    if len(ranked) == 1:
        return _cut(f"Lưu Tin: {_what(ranked[0], language)}", LONGEST_TEXT)
    counts = Counter(_KINDS.get(n.kind, (n.kind,) * 4)[3 if language == "en" else 2] for n in ranked)
    return "Lưu Tin: " + ", ".join(f"{n} {name}" for name, n in counts.items())


def _line(item: News, language: Language, base_url: str, *, links: bool = True) -> str:
    said = f"• {_what(item, language)}"
    told = _tame(_told(item, language))
    if told and told != _tame(item.headline):
        said += f": {told}"
    if not links:
        return said
    if item.kind == "moved" and (new := _address(str(item.evidence.get("url", "")))):
        said += f": {new}"
    if base_url and item.article_id:
        said += f" – {base_url.rstrip('/')}/bai-viet/{item.article_id}"
    if original := _address(item.original):
        said += f" ({_say('original', language)}: {original})"
    return said


def _address(url: str) -> str:
    """The address as it can stand in a message; "" for what is none, or too long."""
    url = clean(url).replace(" ", "%20").translate(_IN_URLS)
    return url if urlsplit(url).scheme in ("http", "https") and len(url) <= LONGEST_URL else ""


def _what(item: News, language: Language) -> str:
    """What happened to what: "Bị gỡ: Hội nghị tổng kết (Huyện ủy Vùng Núi)"."""
    kind = _KINDS.get(item.kind, (item.kind,) * 2)[1 if language == "en" else 0]
    site = _tame(item.site)
    if item.article_id is None:
        return f"{kind}: {site}" if site else kind
    headline = _tame(item.headline) or _say("no_headline", language)
    return f"{kind}: {headline} ({site})"


def _told(item: News, language: Language) -> str:
    """What an event says beyond its kind: what changed, what an alert is about, how much of a site is missing."""
    about = item.evidence
    if item.kind == "site_missing" and about.get("cause") in ("many", "same_page", "led_off", "no_answer"):
        return _say(str(about["cause"]), language, missing=about.get("missing"), looked=about.get("looked"))
    if item.kind == "site_back" and about.get("outcome") in ("back", "still_there"):
        return _say(str(about["outcome"]), language)
    if item.kind == "site_closed":
        return _say("successor", language, successor=about["successor"]) if about.get("successor") else ""
    if item.alert:
        return sentence(item.alert, about, language, item.summary)
    if item.kind == "edited" and "replacements" in about:
        return summary(about, language)
    return "" if item.kind == "new" or item.summary == item.site else item.summary


def _more(left: int, language: Language, base_url: str) -> str:
    return _say("more", language, n=left) + (f": {base_url}" if base_url else "")


def _say(name: str, language: Language, **values: object) -> str:
    return _PHRASES[name][1 if language == "en" else 0].format(**values)


def _tame(text: str) -> str:
    return _cut(clean(text), LONGEST_TEXT).translate(_TAMED)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
