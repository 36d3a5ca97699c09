"""Messages: each thing told once to whom it concerns, whatever fails; what surely failed is tried again."""

from __future__ import annotations

import itertools
import json
import random
import signal
import socketserver
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import given
from hypothesis.strategies import text
from shelf import NIGHT, Shelf

from crawler.archive import Archive
from crawler.channel import Channel, Kind
from crawler.clock import FROZEN, timestamp
from crawler.config import Config, load
from crawler.errors import ConfigError, LockedError
from crawler.journal import Event, announce, close_alert, open_alert
from monitor import cli, messages, notify, outbox
from monitor.crawls import run_lock
from monitor.messages import MOST, News, compose
from monitor.sending import FAILED, SENT, UNSURE, Answer, Sender

ROOT = Path(__file__).parent.parent
BASE = "https://luu.example.org/"
MORNING = datetime.fromisoformat("2026-03-01T20:00:00+00:00")


class Post:
    """Stands for all services: keeps what is sent, and answers as a test wants."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []  # url, title, body
        self.answers: dict[str, Answer] = {}
        self.wrong: set[str] = set()

    def __call__(self, url: str) -> PostSender:
        return PostSender(self, url)

    def bodies(self, url: str) -> list[str]:
        return [body for to, _, body in self.sent if to == url]

    def lines(self, url: str) -> list[str]:
        return [line for body in self.bodies(url) for line in body.splitlines()]


@dataclass
class PostSender:
    post: Post
    url: str
    longest: int = 0
    wrong: str = ""

    def open(self) -> None:
        self.wrong = "is not an address that Apprise can send to" if self.url in self.post.wrong else ""

    def send(self, title: str, body: str) -> Answer:
        self.post.sent.append((self.url, title, body))
        return self.post.answers.get(self.url, Answer(SENT))

    def close(self) -> None:
        pass


@dataclass
class World:
    """An archive with articles, a clock, channels, and what they got."""

    data: Path
    patch: pytest.MonkeyPatch
    post: Post = field(default_factory=Post)
    moment: datetime = MORNING

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.data / "archive.db")
        self.shelf.db.conn.commit()
        self.archive = Archive(self.data)
        self.at(MORNING)

    def at(self, moment: datetime) -> None:
        self.moment = moment
        self.patch.setenv(FROZEN, moment.isoformat())

    def later(self, **duration: float) -> None:
        self.at(self.moment + timedelta(**duration))

    def article(self, headline: str, body: str = "Một đoạn.", **more: Any) -> str:
        aid = self.shelf.article(headline, body, **{"new_at": NIGHT, **more})
        self.shelf.db.conn.execute(
            "UPDATE events SET recorded_at = ? WHERE article_id = ?", [timestamp(self.moment), aid]
        )
        self.shelf.db.conn.execute(
            "UPDATE _outbox SET recorded = ?1 WHERE channel = ''"
            " AND item IN (SELECT id FROM events WHERE article_id = ?2)",
            [timestamp(self.moment), aid],
        )
        self.shelf.db.conn.commit()
        return aid

    def event(self, kind: str, aid: str | None = None, *, summary: str | None = None, **more: Any) -> None:
        event = Event(kind=kind, site=more.pop("site", "huyen_nui"), at=timestamp(self.moment), summary=summary,
                      article_id=aid, **more)  # fmt: skip
        with self.archive.writing() as db:
            announce(db, event)

    def deliver(self, *channels: Channel, **how: Any) -> list[notify.Delivered]:
        return notify.deliver(self.archive, settings(*channels), connect=self.post, **how)

    def alerts(self, *, closed: bool = False) -> list[str]:
        query = f"SELECT kind FROM alerts WHERE closed IS {'NOT ' if closed else ''}NULL ORDER BY kind"
        return [kind for (kind,) in self.archive.connection.execute(query)]

    def outcomes(self) -> list[str]:
        return [outcome for (outcome,) in self.archive.connection.execute("SELECT outcome FROM deliveries")]


def settings(*channels: Channel) -> Config:
    return Config.model_validate({"archive": {"public_base_url": BASE}, "notify": channels})


def channel(name: str = "ban", **more: Any) -> Channel:
    return Channel(name=name, url=f"json://{name}", **more)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(tmp_path, monkeypatch)
    yield world
    world.archive.close()
    world.shelf.db.conn.close()


# --- who hears what


def test_every_channel_hears_of_an_event_once_and_then_there_is_silence(world: World) -> None:
    aid = world.article("Hội nghị tổng kết")
    for _ in range(3):
        world.deliver(channel("ban"), channel("phong"))
        world.later(days=1)
    assert [to for to, _, _ in world.post.sent] == ["json://ban", "json://phong"]
    assert "Bài mới: Hội nghị tổng kết (Huyện ủy Vùng Núi)" in world.post.sent[0][2]
    assert f"{BASE}bai-viet/{aid}" in world.post.sent[0][2]
    assert "(trang gốc: http://huyen_nui/tin/bai-1.html)" in world.post.sent[0][2]
    assert world.outcomes() == [SENT, SENT]


def test_what_fills_the_archive_is_told_to_nobody(world: World) -> None:
    world.article("Bài cũ", new_at=None)
    world.deliver(channel())
    assert world.post.sent == []


def test_a_new_channel_hears_of_its_first_night_and_not_of_the_past(world: World) -> None:
    world.article("Đêm trước")
    world.later(days=1)
    world.article("Đêm nay")
    world.deliver(channel())
    assert "Đêm nay" in world.post.sent[0][2]
    assert "Đêm trước" not in world.post.sent[0][2]
    world.article("Rất mới")
    world.deliver(channel())
    world.deliver(channel(), channel("sau"))
    assert world.post.bodies("json://sau") == []


def test_a_channel_that_comes_back_hears_nothing_of_the_time_between(world: World) -> None:
    world.deliver(channel())
    world.later(days=1)
    world.deliver(channel("khac"))
    world.article("Khi vắng mặt")
    world.later(days=2)
    world.deliver(channel(), channel("khac"))
    assert [to for to, _, _ in world.post.sent] == ["json://khac"]


def test_wider_filters_do_not_bring_up_what_was_left_out_before(world: World) -> None:
    world.article("Bài mới")
    world.deliver(channel(kinds=("removed",)))
    world.deliver(channel())
    assert world.post.sent == []


def test_kinds_and_sites_choose(world: World) -> None:
    world.article("Ở núi")
    sea = world.article("Ở biển", site="tinh_bien")
    world.event("removed", sea, site="tinh_bien")
    world.deliver(channel("go", kinds=("removed",)), channel("bien", sites=("tinh_bien",)))
    assert len(world.post.lines("json://go")) == 1
    assert sorted(line.split(" – ")[0] for line in world.post.lines("json://bien")) == [
        "• Bài mới: Ở biển (Ban Dân vận Tỉnh ủy Ven Biển)",
        "• Bị gỡ: Ở biển (Ban Dân vận Tỉnh ủy Ven Biển)",
    ]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("kỷ luật", ["Kỷ luật đảng"]),
        ("ky luat", ["Kỷ luật đảng", "Kỹ luật sư"]),
        ('"luat dang"', ["Kỷ luật đảng"]),
        ("luat -dang", ["Kỹ luật sư"]),
    ],
)
def test_a_phrase_finds_what_the_search_of_the_archive_finds(world: World, phrase: str, found: list[str]) -> None:
    world.article("Kỷ luật đảng")
    world.article("Kỹ luật sư")
    world.deliver(channel(search=phrase))
    told = " ".join(world.post.bodies("json://ban"))
    assert [h for h in ("Kỷ luật đảng", "Kỹ luật sư") if h in told] == found


def test_a_phrase_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="asks for nothing"):
        channel(search='", ( *')


def test_an_edit_that_takes_a_phrase_out_concerns_who_watches_for_it(world: World) -> None:
    aid = world.article("Thông báo", "Nay không còn.", edits=("Đồng chí Nguyễn Văn A được bổ nhiệm.",))
    world.event("edited", aid, summary="bỏ “Nguyễn Văn A”", revision_id="1-1")
    world.event("removed", aid)
    world.deliver(channel(search='"được bổ nhiệm"'))
    assert [line.split(" – ")[0] for line in world.post.lines("json://ban")] == [
        "• Được sửa: Thông báo (Huyện ủy Vùng Núi): bỏ “Nguyễn Văn A”"
    ]


def test_alerts_go_to_those_who_ask_for_them_when_they_open_and_when_they_close(world: World) -> None:
    world.deliver(channel("doc"), channel("may", kinds=("alerts",)))
    with world.archive.writing() as db:
        open_alert(db, "huyen_nui", "few_articles", "The listing is empty.", {})
    world.deliver(channel("doc"), channel("may", kinds=("alerts",)))
    with world.archive.writing() as db:
        close_alert(db, "huyen_nui", "few_articles")
    for _ in range(2):
        world.deliver(channel("doc"), channel("may", kinds=("alerts",), language="en"))
    assert world.post.bodies("json://doc") == []
    assert [line.split(" (")[0] for line in world.post.lines("json://may")] == [
        "• Cảnh báo: Huyện ủy Vùng Núi: The listing is empty.",
        "• Alert over: Huyện ủy Vùng Núi: The listing is empty.",
    ]


# --- how often


def test_edits_and_alerts_are_told_in_the_language_of_the_channel(world: World) -> None:
    changed = {"kinds": ["body"], "replacements": [{"before": "3", "after": "5", "unit": "triệu đồng"}], "more": 2}
    aid = world.article("Hỗ trợ hộ nghèo")
    world.event("edited", aid, summary="3 thành 5 triệu đồng; và 2 chỗ khác", evidence=changed)
    with world.archive.writing() as db:
        open_alert(db, "huyen_nui", "errors", "As it was said then.", {"errors": 30, "requests": 100, "usual": 0.01})
        open_alert(db, "huyen_nui", "robots", "Of an older program.", {})
    kinds = ("edited", "alerts")
    world.deliver(channel(kinds=kinds), channel("paper", kinds=kinds, language="en"))
    vietnamese, english = ("\n".join(world.post.bodies(f"json://{name}")) for name in ("ban", "paper"))
    assert "3 thành 5 triệu đồng; và 2 chỗ khác" in vietnamese
    assert "30 trên 100 yêu cầu không có kết quả (30%; thường là 1.0%)." in vietnamese
    assert "3 became 5 triệu đồng; and 2 more" in english
    assert "30 of 100 requests gave nothing (30%; usually 1.0%)." in english
    assert vietnamese.count("Of an older program.") == english.count("Of an older program.") == 1


def test_a_digest_is_one_message_and_at_once_is_one_for_each(world: World) -> None:
    for n in range(3):
        world.article(f"Bài {n}")
    world.deliver(channel("dem"), channel("ngay", when="at_once"))
    assert [len(world.post.bodies(f"json://{name}")) for name in ("dem", "ngay")] == [1, 3]


def test_a_long_digest_counts_what_it_does_not_list(world: World) -> None:
    for n in range(MOST + 7):
        world.article(f"Bài {n}")
    world.deliver(channel())
    lines = world.post.lines("json://ban")
    assert len(lines) == MOST + 1
    assert lines[-1] == f"… và 7 tin khác: {BASE}"
    assert world.post.sent[0][1] == f"Lưu Tin: {MOST + 7} bài mới"
    world.deliver(channel())
    assert len(world.post.sent) == 1


def test_a_flood_of_single_messages_ends_in_a_digest(world: World) -> None:
    for n in range(notify.AT_ONCE + 9):
        world.article(f"Bài {n}")
    world.deliver(channel(when="at_once"))
    assert [len(body.splitlines()) for body in world.post.bodies("json://ban")] == [1] * notify.AT_ONCE + [9]


def test_digests_wait_for_the_end_of_the_night_and_the_rest_does_not(world: World) -> None:
    world.article("Bài")
    world.deliver(channel("dem"), channel("ngay", when="at_once"), digests=False)
    assert [to for to, _, _ in world.post.sent] == ["json://ngay"]
    world.deliver(channel("dem"), channel("ngay", when="at_once"))
    assert [to for to, _, _ in world.post.sent] == ["json://ngay", "json://dem"]


# --- what fails


def test_what_surely_failed_is_tried_later_and_later_and_then_given_to_the_operator(world: World) -> None:
    world.post.answers["json://hong"] = Answer(FAILED, "HTTP 500")
    world.article("Bài")
    tries = []
    for _ in range(12 * 24 * 4):
        before = len(world.post.bodies("json://hong"))
        told = world.deliver(channel("hong"), channel("tot"))
        if len(world.post.bodies("json://hong")) > before:
            tries.append(world.moment - MORNING)
        world.later(minutes=5)
    waits = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert waits == list(outbox.WAITS)
    assert (told[0].waiting, told[0].given_up) == (1, 1)
    assert len(world.post.bodies("json://tot")) == 1, "one channel's failure holds no other"
    assert world.alerts() == ["channel_failing: hong"]
    world.post.answers.clear()
    world.deliver(channel("hong"), channel("tot"), again=True)
    assert len(world.post.bodies("json://hong")) == len(tries) + 1
    assert world.alerts() == []


def test_a_clock_that_was_ahead_neither_loses_nor_holds_what_comes_after_it(world: World) -> None:
    world.later(days=365)
    world.deliver(channel())
    world.at(MORNING)
    world.article("Sau khi chỉnh giờ")
    world.deliver(channel())
    assert "Sau khi chỉnh giờ" in world.post.bodies("json://ban")[0], "the channel was met in the future"
    world.later(days=365)
    world.post.answers["json://ban"] = Answer(FAILED, "HTTP 500")
    world.article("Không gửi được")
    world.deliver(channel())
    world.post.answers.clear()
    world.at(MORNING + timedelta(days=1))
    assert notify.next_attempt(world.archive) == world.moment
    world.deliver(channel())
    assert "Không gửi được" in world.post.bodies("json://ban")[-1]
    assert notify.next_attempt(world.archive) is None


def test_it_is_known_when_to_try_again(world: World) -> None:
    assert notify.next_attempt(world.archive) is None
    world.post.answers["json://ban"] = Answer(FAILED, "HTTP 500")
    world.article("Bài")
    world.deliver(channel())
    assert notify.next_attempt(world.archive) == MORNING + outbox.WAITS[0]
    world.later(minutes=5)
    world.post.answers.clear()
    world.deliver(channel())
    assert notify.next_attempt(world.archive) is None


def test_one_message_that_a_service_never_takes_does_not_hold_the_others(world: World) -> None:
    def answer(url: str, title: str) -> Answer:
        return Answer(FAILED, "HTTP 400") if "Độc" in title else Answer(SENT)

    world.patch.setattr(PostSender, "send", lambda self, title, body: (
        self.post.sent.append((self.url, title, body)), answer(self.url, title))[1])  # fmt: skip
    world.article("Độc")
    for n in range(3):
        world.article(f"Lành {n}")
    for _ in range(3):
        world.deliver(channel(when="at_once"))
        world.later(hours=1)
    told = Counter(title for _, title, _ in world.post.sent)
    assert [n for title, n in told.items() if "Lành" in title] == [1, 1, 1]


def test_what_nobody_can_be_sure_of_is_not_sent_again_and_the_operator_hears_of_it(world: World) -> None:
    world.post.answers["json://ban"] = Answer(UNSURE, "ReadTimeout")
    world.article("Bài")
    world.deliver(channel(), channel("may", kinds=("alerts",)))
    world.post.answers.clear()
    for _ in range(8):
        world.deliver(channel(), channel("may", kinds=("alerts",)))
        assert len(world.post.bodies("json://ban")) == 1
        world.later(hours=25)
    assert world.alerts(closed=True) == ["channel_unsure: ban"], "after a week it was told for long enough"
    assert [line[:14] for line in world.post.lines("json://may")] == ["• Cảnh báo: Kh", "• Hết cảnh báo"]
    assert world.outcomes().count(UNSURE) == 1


def test_a_channel_that_cannot_be_used_loses_nothing_and_is_told_to_the_operator(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post.wrong.add("json://sai")
    world.article("Bài")
    secret = Channel(name="kin", url="${LUUTIN_TEST_HOOK}")
    told = world.deliver(channel("sai"), secret, channel("tot"))
    assert [result.wrong for result in told] == [True, True, False]
    assert "notify.kin.url names the environment variable LUUTIN_TEST_HOOK" in told[1].problem
    assert world.alerts() == ["channel_failing: kin", "channel_failing: sai"]
    world.post.wrong.clear()
    monkeypatch.setenv("LUUTIN_TEST_HOOK", "json://kin")
    world.later(days=1)
    world.deliver(channel("sai"), secret, channel("tot"))
    assert Counter(to for to, _, _ in world.post.sent) == {"json://sai": 1, "json://kin": 1, "json://tot": 1}
    assert world.alerts() == []


def test_an_alert_about_a_channel_that_is_no_more_is_closed(world: World) -> None:
    world.post.wrong.add("json://sai")
    world.article("Bài")
    world.deliver(channel("sai"))
    world.deliver(channel("khac"))
    assert world.alerts() == []


def test_what_is_stopped_before_it_begins_waits(world: World) -> None:
    world.article("Bài")
    stop = threading.Event()
    stop.set()
    world.deliver(channel(), stop=stop)
    assert world.post.sent == []
    world.deliver(channel())
    assert len(world.post.sent) == 1


def test_a_stop_ends_what_hangs_and_the_message_is_in_doubt(world: World, hook: Hook) -> None:
    world.patch.setattr(notify, "GRACE", 0.1)
    world.article("Bài")
    hook.silent = True
    stop = threading.Event()

    def when_met() -> None:
        with hook.met:
            hook.met.wait_for(lambda: hook.got, 20)
        stop.set()

    stopper = threading.Thread(target=when_met)
    stopper.start()
    config = settings(Channel(name="ban", url=hook.url("?rto=30")))
    notify.deliver(world.archive, config, stop=stop)
    stopper.join()
    hook.silent = False
    notify.deliver(world.archive, config)
    assert (world.outcomes(), len(hook.got)) == ([UNSURE], 1)
    assert world.alerts() == ["channel_unsure: ban"]


# --- what it says


def test_every_kind_of_event_has_words() -> None:
    assert set(get_args(Kind)) - {"alerts"} == set(messages._KINDS) - {"alert_opened", "alert_closed"}


@given(text(), text(), text())
def test_whatever_a_page_says_an_event_is_one_line_of_visible_text(headline: str, summary: str, url: str) -> None:
    news = News(kind="edited", headline=headline, summary=summary, article_id="a", original=f"http://x/{url}")
    body = compose([news], "vi", BASE, 0).body
    assert len(body.splitlines()) == 1
    assert not set("@<>") & set(body)
    assert body.encode("utf-8")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_that_strangers_wrote_makes_a_line_a_header_or_a_call_of_its_own(language: Any) -> None:
    headline = "Hội nghị\r\nBcc: ai@example.org\x00\u202e @everyone <script>alert(1)</script> <!channel>"
    original = "http://x/\r\nY: z <b>@here"
    news = News(kind="edited", site="Trang\n2", headline=headline, summary="a\x1b[31m\nb", article_id="a",
                original=original)  # fmt: skip
    for message in (compose([news], language, BASE, 0), compose([news] * 2, language, BASE, 0)):
        assert "\n" not in message.title
        assert len(message.body.splitlines()) <= 2
        said = message.title + message.body.replace("\n", "")
        assert said.isprintable()
        assert not set("@<>") & set(said)


def test_the_site_events_say_what_is_known(world: World) -> None:
    world.event("site_missing", summary="Huyện ủy", evidence={"cause": "many", "missing": 60, "looked": 80})
    world.event("site_closed", summary="Huyện ủy", evidence={"successor": "Xã ủy"})
    world.deliver(channel("vi"), channel("en", language="en"))
    assert world.post.lines("json://vi") == [
        "• Trang có thể đã mất: Huyện ủy Vùng Núi: 60 trên 80 bài không còn; tạm thời, còn theo dõi"
        " (trang gốc: http://huyen_nui/)",
        "• Trang đã đóng: Huyện ủy Vùng Núi: nay là Xã ủy (trang gốc: http://huyen_nui/)",
    ]
    assert "60 of 80 articles are missing" in world.post.bodies("json://en")[0]


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ({"url": "http://moi/bai 2"}, ": http://moi/bai%202 (trang gốc: http://cu/)"),
        ({"url": "javascript:alert(1)"}, " (trang gốc: http://cu/)"),
        ({}, " (trang gốc: http://cu/)"),
    ],
)
def test_of_what_moved_it_is_said_where_to(evidence: dict[str, Any], told: str) -> None:
    news = News(kind="moved", site="Trang", headline="Bài", summary="Bài", article_id="a", original="http://cu/",
                evidence=evidence)  # fmt: skip
    assert compose([news], "vi", "", 0).body == f"• Chuyển địa chỉ: Bài (Trang){told}"


@pytest.mark.parametrize("longest", [60, 160, 500, 2000, 4096, 0])
def test_a_message_is_never_longer_than_its_service_takes(longest: int) -> None:
    news = [News(kind="new", site="Trang " * 9, headline="Chữ " * 200, article_id=str(n)) for n in range(60)]
    message = compose(news, "vi", BASE, longest)
    assert len(message.title) + len(message.body) <= (longest or 60_000)
    assert "tin khác" in message.body


# --- over the wire


class Hook(ThreadingHTTPServer):
    """A webhook on loopback: keeps what it gets, answers with ``status``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HookHandler)
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.says = b""
        self.silent = False
        self.over = threading.Event()
        self.met = threading.Condition()

    def url(self, options: str = "") -> str:
        return f"json://127.0.0.1:{self.server_port}/hook{options}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that was killed


class HookHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook: Any = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with hook.met:
            hook.got.append(body)
            hook.met.notify_all()
        if hook.silent:
            hook.over.wait(30)
            return
        self.send_response(hook.status)
        if hook.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(hook.says)

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        if isinstance(server, Hook):
            server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with served(Hook()) as hook:
        yield hook


@contextmanager
def sender(url: str) -> Iterator[Sender]:
    sender = Sender(url)
    try:
        sender.open()
        yield sender
    finally:
        sender.close()


def test_apprise_delivers_and_what_a_server_says_is_believed_as_far_as_it_knows(hook: Hook) -> None:
    with sender(hook.url("?rto=0.3&cto=1")) as apprise:
        assert apprise.wrong == ""
        assert apprise.longest > 1000
        assert apprise.send("Tiêu đề", "Đảng ủy") == Answer(SENT)
        assert (hook.got[0]["title"], hook.got[0]["message"]) == ("Tiêu đề", "Đảng ủy")
        answers = {}
        for hook.status in (404, 500, 502, 504, 302):
            answers[hook.status] = apprise.send("t", "b").outcome
        assert answers == {404: FAILED, 500: FAILED, 502: UNSURE, 504: UNSURE, 302: FAILED}
        hook.silent = True
        silent = apprise.send("t", "b")
        assert (silent.outcome, "ReadTimeout" in silent.reason) == (UNSURE, True)
    with sender("json://127.0.0.1:1/x") as nobody:
        assert nobody.send("t", "b") == Answer(FAILED, "NewConnectionError")
    with sender("nonsense://abc") as nothing:
        assert "Apprise" in nothing.wrong


def test_a_service_that_refuses_politely_has_refused(hook: Hook) -> None:
    answers = {
        b'{"error":-216,"message":"Access token is invalid"}': FAILED,
        b'{"errcode":310000,"errmsg":"x"}': FAILED,
        b'{"ok":false}': FAILED,
        b'{"error":"no_such_channel"}': FAILED,
        b'{"error":0,"message":"Success"}': SENT,
        b'{"errcode":0,"errmsg":"ok"}': SENT,
        b'{"error":null}': SENT,
        b'{"error":false,"ok":true}': SENT,
        b'{"error":""}': SENT,
        b'["error"]': SENT,
        b"[" * 4000: SENT,
        b"ok": SENT,
        b"": SENT,
    }
    with sender(hook.url()) as apprise:
        told = {}
        for hook.says in answers:
            told[hook.says] = apprise.send("t", "b").outcome
        assert told == answers
        hook.says = b'{"error":-216,"message":"Access token is invalid"}'
        assert apprise.send("t", "b").reason == "HTTP 200, and in it a refusal: error -216"


def test_a_process_that_dies_leaves_its_message_in_doubt(hook: Hook) -> None:
    hook.silent = True
    with sender(hook.url("?rto=30")) as apprise:

        def kill() -> None:
            with hook.met:
                hook.met.wait_for(lambda: hook.got, 20)
            apprise.close()

        killer = threading.Thread(target=kill)
        killer.start()
        assert apprise.send("t", "b").outcome == UNSURE
        killer.join()


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server on loopback that takes everything, or refuses ``DATA``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.mails: list[tuple[list[str], Message]] = []
        self.refuse = False


class MailHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Any = self.server
        to: list[str] = []
        self.wfile.write(b"220 hello\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.decode().partition(":")[2].strip())
            if verb == b"DATA" and box.refuse:
                self.wfile.write(b"554 no\r\n")
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                box.mails.append((to, message_from_bytes(mail, policy=policy.default)))
                to = []
                self.wfile.write(b"250 ok\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


def test_a_mail_goes_to_its_reader_only_and_is_escaped_where_it_is_html() -> None:
    headline = "Hội nghị <b>đậm</b>\r\nBcc: ai@example.org & bạn"
    message = compose([News(kind="new", site="Trang", headline=headline, article_id="a")], "vi", BASE, 0)
    with served(Mailbox()) as box:
        port = box.server_address[1]
        url = f"mailto://127.0.0.1:{port}?from=may@example.org&to=doc@example.org&smtp=127.0.0.1&mode=insecure&format="
        for form in ("text", "html"):
            with sender(url + form) as apprise:
                assert apprise.wrong == ""
                assert apprise.send(message.title, message.body) == Answer(SENT)
                if form == "html":
                    box.refuse = True
                    assert apprise.send("t", "b").outcome == FAILED
    assert [to for to, _ in box.mails] == [["<doc@example.org>"]] * 2
    for _, mail in box.mails:
        assert mail["Bcc"] is None
        assert mail["To"] == "doc@example.org"
        assert mail["Subject"].startswith("Lưu Tin: Bài mới: Hội nghị ‹b›đậm‹/b› Bcc: ai＠example.org & bạn")
    plain, html = (str(mail.get_body(("html", "plain")).get_content()) for _, mail in box.mails)  # type: ignore[attr-defined]
    assert f"{BASE}bai-viet/a" in plain
    assert "&amp;" in html
    assert "<b>" not in html


# --- kills


DELIVER = """
import os, sys
from pathlib import Path
from crawler.archive import Archive
from crawler.config import Config
from monitor import notify
from monitor.sending import SENT, Answer

class Quick:
    longest, wrong = 0, ""
    def __init__(self, url):
        self.file = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.url = url
    def open(self): pass
    def close(self): pass
    def send(self, title, body):
        os.write(self.file, f"{self.url} {title}\\n".encode())
        return Answer(SENT)

names = "abcd"
channels = [{"name": n, "url": f"json://{n}", "when": "at_once"} for n in names]
with Archive(Path(sys.argv[1])) as archive:
    notify.deliver(archive, Config.model_validate({"notify": channels}), connect=Quick)
"""


def test_killed_at_any_moment_nothing_is_told_twice_and_nothing_is_lost_unseen(world: World, tmp_path: Path) -> None:
    events = 20
    for n in range(events):
        world.article(f"Bài số {n:02}")
    log = tmp_path / "told"
    log.touch()
    chance = random.Random(4)
    command = [sys.executable, "-c", DELIVER, str(tmp_path), str(log)]
    killed = 0
    for n in range(40):
        process = subprocess.Popen(command, cwd=ROOT)
        begun = log.stat().st_size
        while process.poll() is None and log.stat().st_size == begun:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.002)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.02) if n < 12 else 60)
        if process.poll() == 0:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
    assert killed >= 3, "the kills met it at work"
    assert process.returncode == 0
    told = Counter(log.read_text().splitlines())
    assert set(told.values()) == {1}, "at most once"
    sure = (
        world.archive.connection.execute(
            "SELECT channel, summary, outcome FROM deliveries JOIN events ON events.id = event_id"
        ).fetchall()
        or []
    )
    states = Counter((row["channel"], row["outcome"]) for row in sure)
    assert sum(states.values()) == 4 * events, "each has one outcome"
    assert {outcome for _, outcome in states} <= {SENT, UNSURE}
    unsure = sum(n for (_, outcome), n in states.items() if outcome == UNSURE)
    sent = sum(n for (_, outcome), n in states.items() if outcome == SENT)
    assert sent <= len(told) <= sent + unsure
    assert unsure <= 4 * killed, "one message under way in each channel"
    doubted = {channel for (channel, outcome) in states if outcome == UNSURE}
    assert world.alerts() == sorted(f"channel_unsure: {name}" for name in doubted)


def test_killed_while_apprise_sends_the_rest_arrives_once(world: World, hook: Hook, tmp_path: Path) -> None:
    for n in range(4):
        world.article(f"Bài {n}")
    toml = tmp_path / "luutin.toml"
    toml.write_text(f'[[notify]]\nname = "moc"\nurl = "{hook.url("?rto=30")}"\nwhen = "at_once"\n')
    command = [sys.executable, "-m", "monitor.cli", "notify", "--data", str(tmp_path), "--config", str(toml)]
    hook.silent = True
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with hook.met:
        assert hook.met.wait_for(lambda: hook.got, 30)
    process.kill()
    process.wait()
    hook.silent = False
    hook.over.set()
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60).returncode == 0
    assert set(Counter(got["title"] for got in hook.got).values()) == {1}
    assert len(hook.got) == 4
    assert sorted(world.outcomes()) == [SENT, SENT, SENT, UNSURE]


# --- the command


def run(data: Path, toml: str, *arguments: str) -> Any:
    file = data / "luutin.toml"
    file.write_text(toml, encoding="utf-8")
    return CliRunner().invoke(cli.main, ["notify", *arguments, "--data", str(data), "--config", str(file)])


def test_a_test_reaches_every_channel_and_writes_nothing_down(world: World, hook: Hook) -> None:
    world.article("Bài")
    toml = (
        f'[[notify]]\nname = "moc"\nurl = "{hook.url()}"\n'
        '[[notify]]\nname = "khong"\nurl = "json://127.0.0.1:1"\nlanguage = "en"\n'
    )
    wrong = '[[notify]]\nname = "sai"\nurl = "${LUUTIN_NOT_SET}"\n'
    done = run(world.data, toml, "--test", "--json")
    assert done.exit_code == 4
    assert [(a["channel"], a["outcome"]) for a in json.loads(done.stdout)] == [("moc", SENT), ("khong", FAILED)]
    assert "The test did not reach khong" in done.stderr
    assert [got["title"] for got in hook.got] == ["Lưu Tin: tin thử"]
    assert world.outcomes() == []
    done = run(world.data, toml + wrong, "--test", "--json")
    assert done.exit_code == 3
    answers = {a["channel"]: (a["outcome"], a["reason"]) for a in json.loads(done.stdout)}
    assert {name: outcome for name, (outcome, _) in answers.items()} == {"moc": SENT, "khong": FAILED, "sai": FAILED}
    assert "LUUTIN_NOT_SET, which is not set" in answers["sai"][1]
    assert "LUUTIN_NOT_SET, which is not set" in done.stderr
    assert len(hook.got) == 2


def test_the_command_sends_what_waits(world: World, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    world.article("Bài")
    monkeypatch.setenv("LUUTIN_TEST_PORT", str(hook.server_port))
    toml = '[[notify]]\nname = "moc"\nurl = "json://127.0.0.1:${LUUTIN_TEST_PORT}/x"\n'
    done = run(world.data, toml, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0] | {"channel": "moc", "messages": 1, "told": 1} == json.loads(done.stdout)[0]
    assert run(world.data, toml).output == "moc: messages 0; told 0; unsure 0; waiting 0; given up 0\n"
    assert len(hook.got) == 1


def test_while_a_crawl_is_at_work_digests_wait(world: World, hook: Hook) -> None:
    world.article("Bài")
    toml = f'[[notify]]\nname = "dem"\nurl = "{hook.url()}"\n'
    with run_lock(world.data):
        assert run(world.data, toml).exit_code == 0
        assert hook.got == []
    assert run(world.data, toml).exit_code == 0
    assert len(hook.got) == 1


def test_one_process_at_a_time_sends(world: World) -> None:
    world.patch.setattr(notify, "PATIENCE", 0.0)
    world.article("Bài")
    with FileLock(world.data / "notify.lock"), pytest.raises(LockedError, match="Another process is sending"):
        world.deliver(channel())
    world.deliver(channel())
    assert len(world.post.sent) == 1


class Ends(threading.Event):
    """Is set by the first who waits for it, and counts them."""

    waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        self.set()
        return super().wait(timeout)


def test_who_waits_for_another_that_sends_ends_when_it_is_told_to(world: World) -> None:
    stop = Ends()
    with FileLock(world.data / "notify.lock"), pytest.raises(LockedError, match="Another process is sending"):
        world.deliver(channel(), stop=stop)
    assert stop.waits == 1


def test_messages_in_the_middle_of_a_night_keep_nobody_waiting_for_another_that_sends(world: World) -> None:
    stop = Ends()
    with FileLock(world.data / "notify.lock"), pytest.raises(LockedError, match="Another process is sending"):
        world.deliver(channel(), stop=stop, digests=False)
    assert stop.waits == 0


def test_a_channel_in_trouble_shows_in_the_status(world: World) -> None:
    world.post.wrong.add("json://sai")
    world.article("Bài")
    world.deliver(channel("sai"))
    done = CliRunner().invoke(cli.main, ["status", "--data", str(world.data)])
    assert "notify.sai.url is not an address that Apprise can send to. (since 2026-03-01)" in done.output
    done = CliRunner().invoke(cli.main, ["status", "--json", "--data", str(world.data)])
    assert [alert["kind"] for alert in json.loads(done.stdout)["alerts"]] == ["channel_failing: sai"]


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("", "No channel is declared"),
        ('[[notify]]\nname = "a"\nurl = "nonsense://abc"', "notify.a.url is not an address that Apprise can send to"),
        ('[[notify]]\nname = "a"\nurl = "${LUUTIN_NOT_SET}"', "LUUTIN_NOT_SET, which is not set"),
        ('[[notify]]\nname = "a"\nurl = "json://x"\nsites = ["hai_dung"]', "notify.a.sites has hai_dung"),
        ('[[notify]]\nname = "a"\nurl = "json://x"\nlanguages = "vi"', "(did you mean language?)"),
        ('[[notify]]\nname = "a"\nurl = "json://x"\nwhen = "now"', "should be 'digest' or 'at_once'"),
    ],
)
def test_what_is_wrong_in_the_settings_is_one_sentence_and_exit_code_3(world: World, toml: str, sentence: str) -> None:
    done = run(world.data, toml, "--test")
    assert done.exit_code == 3, done.output
    assert sentence in done.output
    assert len(done.output.strip().splitlines()) == 1


@pytest.mark.parametrize("url", ["tài khoản:mật khẩu", "mailto://u:matkhau@x y"])
def test_a_wrong_address_is_not_repeated_since_it_may_hold_a_password(tmp_path: Path, url: str) -> None:
    file = tmp_path / "luutin.toml"
    file.write_text(f'[[notify]]\nname = "a"\nurl = "{url}"\n[[notify]]\nname = "b"\nurl = "json://u:matkhau@x"\n')
    with pytest.raises(ConfigError, match=r"notify\.0\.url is not an address") as error:
        load(file)
    assert url not in str(error.value)
    file.write_text('[[notify]]\nname = "b"\nurl = "json://u:matkhau@x"\n' * 2)
    with pytest.raises(ConfigError, match="two channels called 'b'") as error:
        load(file)
    assert "matkhau" not in str(error.value)


def test_a_part_of_an_address_from_the_environment_is_quoted_and_a_whole_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LUUTIN_TEST_SECRET", "a@b:c/d")
    part = Channel(name="a", url="mailtos://u:${LUUTIN_TEST_SECRET}@example.org")
    assert part.address() == "mailtos://u:a%40b%3Ac%2Fd@example.org"
    assert Channel(name="a", url="${LUUTIN_TEST_SECRET}").address() == "a@b:c/d"
