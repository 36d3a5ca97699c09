"""Headless Chromium for the tests of this directory, the archives that it is shown, and what it had to say."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor import feeds, serve
from tests.browser import hostile, peaceful

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "test-output" / "screenshots"
#: Where scripts/browser-tools puts it.
AXE = ROOT / ".venv" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
#: No sandbox: CI runs as root in a container. Nothing leaves the machine.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--font-render-hinting=none"),
)
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1200, "height": 900}


def wanted(reason: str) -> None:
    """Skips, saying why; in CI nothing is skipped."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@dataclass
class Heard:
    """What a browser's pages did that they should not do."""

    dialogs: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def nothing(self) -> bool:
        return not (self.dialogs or self.console or self.elsewhere)


@dataclass
class Opened:
    """A page of a browser at an archive's address, and what was heard from it."""

    page: Any
    address: str
    heard: Heard

    def go(self, path: str) -> Any:
        """The response of a path of the archive; the page has loaded then."""
        response = self.page.goto(self.address.rstrip("/") + path, wait_until="load")
        assert response is not None
        return response


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One browser for this directory; ended with it, since Playwright keeps an event loop in this thread meanwhile."""
    path = os.environ.get("LUUTIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        wanted("There is no Chromium: install it (apt install chromium), or name it in LUUTIN_CHROMIUM.")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        wanted("Playwright is not installed: run make setup.")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="package")
def peace(tmp_path_factory: pytest.TempPathFactory, _patch: pytest.MonkeyPatch, chromium: Any) -> Iterator[str]:
    """The address of an archive as readers find it."""
    data = tmp_path_factory.mktemp("peaceful")
    peaceful.fill(data, _patch)
    with serve.serving(data, port=0) as address:
        yield address


@pytest.fixture(scope="package")
def attacked(tmp_path_factory: pytest.TempPathFactory, _patch: pytest.MonkeyPatch, chromium: Any) -> Iterator[str]:
    """The address of an archive full of attacks, whose feeds hold all of them."""
    data = tmp_path_factory.mktemp("hostile")
    arrived = hostile.fill(data)
    assert min(arrived.values()) >= 100, f"at least a hundred attacks stand in every field: {arrived}"
    _patch.setattr(feeds, "FEED_SIZE", 1000)
    with serve.serving(data, port=0) as address:
        yield address


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Opens a page at an address; what it does is heard. Arguments are those of Playwright's contexts."""
    contexts = []

    def opened(address: str, **how: Any) -> Opened:
        context = chromium.new_context(**{"viewport": DESK, "locale": "vi-VN"} | how)
        contexts.append(context)
        heard = Heard()
        page = context.new_page()
        page.on("dialog", lambda dialog: (heard.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: heard.console.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: heard.console.append(str(error)))
        page.on("popup", lambda other: heard.elsewhere.append(other.url))
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else heard.elsewhere.append(r.url))
        page.set_default_timeout(20_000)
        return Opened(page, address, heard)

    yield opened
    for context in contexts:
        context.close()
