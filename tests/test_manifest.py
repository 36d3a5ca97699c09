"""Manifests: what ``sha256sum -c`` says of them, and that none can be changed unseen while the newest is known."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import manifest

NIGHT = datetime(2026, 3, 1, 19, tzinfo=UTC)  # 02:00 in Vietnam, on 2 March


def warc(data: Path, name: str, content: bytes = b"record") -> Path:
    path = data / "warc" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def checked(data: Path) -> tuple[int, str]:
    """What sha256sum says of every manifest, from the data directory."""
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum is not installed")
    names = [path.relative_to(data).as_posix() for path in manifest.manifests(data)]
    run = subprocess.run([tool, "-c", "--strict", *names], cwd=data, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def test_a_night_names_its_files_and_the_manifest_before_it(tmp_path: Path) -> None:
    warc(tmp_path, "a.warc.gz")
    first = manifest.write(tmp_path, NIGHT)
    assert first == tmp_path / "manifests" / "2026-03-02.sha256"
    warc(tmp_path, "b.warc.gz")
    warc(tmp_path, "c.warc.gz.open")  # somebody writes it still
    second = manifest.write(tmp_path, NIGHT.replace(day=2))
    assert second is not None
    assert list(manifest.read(second)) == ["manifests/2026-03-02.sha256", "warc/b.warc.gz"]
    assert checked(tmp_path) == (0, "warc/a.warc.gz: OK\nmanifests/2026-03-02.sha256: OK\nwarc/b.warc.gz: OK\n")
    assert manifest.check(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["a\nb.warc.gz", "a\\b.warc.gz", "a\rb\\n.warc.gz", "a\u2028b\x0cc.warc.gz", " a .warc.gz"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = warc(tmp_path, name)
    written = manifest.write(tmp_path, NIGHT)
    assert written is not None
    assert list(manifest.read(written)) == [f"warc/{name}"]
    assert manifest.check(tmp_path) == []
    assert checked(tmp_path)[0] == 0
    assert manifest.write(tmp_path, NIGHT) is None
    path.write_bytes(b"recorD")
    assert checked(tmp_path)[0] == 1


def test_a_night_that_brought_nothing_has_no_manifest(tmp_path: Path) -> None:
    assert manifest.write(tmp_path, NIGHT) is None
    warc(tmp_path, "a.warc.gz")
    manifest.write(tmp_path, NIGHT)
    assert manifest.write(tmp_path, NIGHT) is None
    assert len(manifest.manifests(tmp_path)) == 1


def test_two_manifests_of_a_day_and_a_clock_that_went_back_keep_the_order(tmp_path: Path) -> None:
    for n, at in enumerate((NIGHT, NIGHT, NIGHT.replace(month=1), NIGHT.replace(month=4))):
        warc(tmp_path, f"{n}.warc.gz", str(n).encode())
        manifest.write(tmp_path, at)
    names = [path.stem for path in manifest.manifests(tmp_path)]
    assert names == ["2026-03-02", "2026-03-02_0002", "2026-03-02_0003", "2026-04-02"]
    assert manifest.check(tmp_path) == []
    assert checked(tmp_path)[0] == 0


@pytest.mark.parametrize("which", [0, 1])
def test_a_manifest_that_was_changed_or_taken_away_is_found(tmp_path: Path, which: int) -> None:
    for n in range(3):
        warc(tmp_path, f"{n}.warc.gz", str(n).encode())
        manifest.write(tmp_path, NIGHT.replace(day=n + 1))
    path = manifest.manifests(tmp_path)[which]
    before = path.read_bytes()
    path.write_bytes(before.replace(b"warc/", b"warc/x"))
    assert path.name in str(manifest.check(tmp_path)[0])
    path.unlink()
    assert manifest.check(tmp_path) != []
    path.write_bytes(before)
    assert manifest.check(tmp_path) == []


def test_a_file_that_was_changed_is_no_more_what_its_manifest_says(tmp_path: Path) -> None:
    path = warc(tmp_path, "a.warc.gz")
    manifest.write(tmp_path, NIGHT)
    path.write_bytes(b"recorD")
    code, told = checked(tmp_path)
    assert (code, told) == (1, "warc/a.warc.gz: FAILED\n")
    manifest.write(tmp_path, NIGHT)  # says nothing new of it
    assert checked(tmp_path)[0] == 1
