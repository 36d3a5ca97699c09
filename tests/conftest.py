"""What tests need from outside the checkout: the shared material, skipped where it is missing, demanded in CI."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shapes.seeds import SHARED_VARIABLE, shared_directory

settings.register_profile("luutin", deadline=None)  # how fast we are is not for a test to say
settings.load_profile("luutin")

# What runs in a shell's background ignores Ctrl-C, and so would the processes that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips (in CI: fails) what is marked ``shared`` where the shared material is not there."""
    directory = shared_directory()
    if item.get_closest_marker("shared") is None or directory.is_dir():
        return
    reason = f"{directory} is missing: put the shared material beside the checkout or name it in {SHARED_VARIABLE}."
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of the shared material, for tests marked ``shared``."""
    return shared_directory()


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a small demo of two nights, verified and with its manifest; to be copied, not written."""
    from tests.alike import demo

    return demo(tmp_path_factory.mktemp("demo") / "archive")
