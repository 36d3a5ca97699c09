"""The documents say what the code does: every command, option, setting, table, exit code, link and module."""

from __future__ import annotations

import functools
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner
from datasette.utils import parse_metadata
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from crawler import errors
from crawler.archive import Archive
from crawler.channel import Channel
from crawler.clock import FROZEN
from crawler.config import VARIABLE, Config
from crawler.config_tables import SectionEntry, SiteEntry
from crawler.tally import REASONS
from monitor import cli, demonstration
from monitor.commands.options import DATA
from monitor.demo.world import World
from monitor.web import prepare_connection

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("benchmarks/*.md")])

#: Options of every command, described once.
COMMON = ("--data", "--config")

#: What GitHub shows a reader without scrolling for a minute.
LARGEST_IMAGE = 250_000


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def part(page: str, heading: str) -> str:
    """What stands below a heading, down to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    _, found, below = f"\n{page}".partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]


def rows(page: str) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell; the names in it, where there are several."""
    cells = [[c.strip() for c in line.strip("|").split(" | ")] for line in page.splitlines() if line.startswith("| ")]
    return {name: row for row in cells for name in re.findall(r"`([^`]+)`", row[0]) or [row[0]]}


# --- commands


@pytest.mark.parametrize("name", sorted(cli.main.commands))
def test_every_option_of_every_command_is_described(name: str) -> None:
    page = text("docs/commands.md")
    told = {key.split()[0]: key for key in rows(part(page, f"## luutin {name}")) if key.startswith("--")}
    options = [p for p in cli.main.commands[name].params if isinstance(p, click.Option)]
    assert set(told) == {option.opts[0] for option in options} - set(COMMON)
    for option in options:
        if option.opts[0] in told:
            expected = option.opts[0] + (f" {option.metavar}" if option.metavar else "")
            assert told[option.opts[0]] == expected
    assert {key.split()[0] for key in rows(page.partition("\n## ")[0])} >= set(COMMON)


def test_no_command_is_described_that_there_is_not() -> None:
    told = re.findall(r"^## luutin ([\w-]+)$", text("docs/commands.md"), flags=re.MULTILINE)
    assert sorted(told) == sorted(cli.main.commands)


def test_every_exit_code_is_described_in_the_help_the_readme_and_the_commands() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.LuutinError)]
    codes = {0} | {kind.exit_code for kind in kinds}
    told = rows(part(text("docs/commands.md"), "## Exit codes"))
    assert {int(n) for key in told for n in re.findall(r"\d+", key)} == codes | {130, 143}
    short = text("README.md").partition("**Exit codes**")[2].partition("\n\n")[0]
    assert {int(n) for n in re.findall(r"\b\d\b", short)} == codes
    assert {int(n) for n in re.findall(r"^ +(\d+) ", cli.EPILOG, flags=re.MULTILINE)} == codes | {130}


def test_every_reason_for_leaving_something_out_is_described() -> None:
    told = rows(part(text("docs/commands.md"), "### What was skipped"))
    assert {code: row[1] for code, row in told.items() if code in REASONS} == REASONS
    assert set(told) - {"code"} == set(REASONS)


# --- settings


def tables() -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in Config.model_fields.items():
        if name == "notify":
            yield "[notify]", Channel
        elif name != "sites":
            assert isinstance(field.annotation, type)
            yield name, field.annotation


def written(default: Any) -> str:
    """A default as the page shows it."""
    if default is None:
        return "–"
    if default is PydanticUndefined:
        return "required"
    return "`[]`" if default == () else f"`{str(default).lower() if isinstance(default, bool) else repr(default)}`"


@pytest.mark.parametrize(("heading", "model"), [*tables(), ("sites.SLUG", SiteEntry)])
def test_every_setting_is_described_with_its_default_and_is_in_the_sample(heading: str, model: type[BaseModel]) -> None:
    below = part(text("docs/settings.md"), f"## [{heading}]")
    told = rows(below.partition("Each of `sections` has")[0])
    assert set(told) - {"key", "---"} == set(model.model_fields)
    for key, field in model.model_fields.items():
        assert told[key][1] == written(field.default).replace("'", '"'), key
        assert all(told[key][2:4]), f"{key} has a unit and a meaning"
    sample = uncommented(text("luutin.sample.toml"))
    if heading == "[notify]":
        sample = {heading: sample["notify"][0]}
    held = sample["sites"] if heading == "sites.SLUG" else {heading: sample[heading]}
    assert {key for table in held.values() for key in table} == set(model.model_fields)


def test_every_key_of_a_section_and_every_environment_variable_is_described() -> None:
    page = text("docs/settings.md")
    assert set(rows(page.partition("Each of `sections` has")[2].partition("\n## ")[0])) - {"key", "---"} == set(
        SectionEntry.model_fields
    )
    assert set(rows(part(page, "## Environment variables"))) - {"variable", "---"} == {DATA, VARIABLE, FROZEN}


def test_the_sample_is_what_holds_without_any_file_and_its_examples_are_accepted() -> None:
    page = text("luutin.sample.toml")
    assert Config.model_validate(tomllib.loads(page)) == Config()
    examples = uncommented(page)
    del examples["night"]["at"]  # which stands there beside cron, one of the two of which can be given
    Config.model_validate(examples)
    assert get_args(Config.model_fields["sites"].annotation)[1] is SiteEntry


def uncommented(sample: str) -> dict[str, Any]:
    """The sample with its examples: lines whose number sign is not followed by a space, and the rest of such a list."""
    lines = re.sub(r"^#(?=\S|  \{)", "", sample, flags=re.MULTILINE)
    return tomllib.loads(lines)


# --- the archive


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The archive that a small demo makes, as Datasette opens it."""
    data = tmp_path_factory.mktemp("docs") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demonstration, "World", functools.partial(World, articles_per_site=30))
        done = CliRunner().invoke(cli.main, ["demo", "--no-serve", "--data", str(data)])
    assert done.exit_code == 0, done.output
    connection = sqlite3.connect(f"{(data / 'archive.db').as_uri()}?mode=ro", uri=True)
    prepare_connection(connection, "archive")
    yield connection
    connection.close()


QUESTIONS = re.findall(r"\*\*([^*]+)\*\*[^`]*(?:`vi_query`[^`]*)?```sql\n(.*?)```", text("docs/archive.md"), re.DOTALL)


def test_there_are_five_questions() -> None:
    assert len(QUESTIONS) == 5 == text("docs/archive.md").count("```sql")


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[q for q, _ in QUESTIONS])
def test_the_questions_to_begin_with_have_answers(demo: sqlite3.Connection, question: str, sql: str) -> None:
    assert demo.execute(sql).fetchall(), question


def test_every_table_view_and_column_is_explained(tmp_path: Path) -> None:
    page = text("docs/archive.md")
    explained = parse_metadata(text("metadata.yaml"))["databases"]["archive"]["tables"]
    views, shared = rows(part(page, "## Views")), rows(part(page, "### `alerts`, `deliveries`"))
    with Archive(tmp_path) as archive:
        db = archive.connection
        names = db.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        for name, kind in names:
            if name.startswith(("_", "articles_fts_", "sqlite_")):
                continue
            columns = {row["name"] for row in db.execute(f"PRAGMA table_info({name})")}
            if kind == "view":
                assert set(re.findall(r"`(\w+)`", views[name][2])) == columns, name
            elif name in shared:
                assert set(re.findall(r"`(\w+)`", shared[name][1])) == columns, name
            elif name == "articles_fts":
                assert all(f"`{column}`" in part(page, "### `articles_fts`") for column in columns)
            else:
                told = set(rows(part(page, f"### `{name}`"))) - {"column", "---"}
                assert told == columns == set(explained[name]["columns"]), name


# --- links, images, modules


def anchors(page: str) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_and_image_leads_somewhere(path: Path) -> None:
    page = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"""(?:\]\(|<img src=")([^)\s"]+)""", page):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{path.name} links to {target}"


@pytest.mark.parametrize("name", ["run", "nights", "archive", "journal", "notify"])
def test_an_archive_beside_the_code_is_never_offered_to_git(name: str) -> None:
    ignored = text(".gitignore").splitlines()
    assert f"/{name}.lock" in ignored
    assert {"/archive.db*", "/warc/", "/attachments/", "/manifests/", "/logs/", "/luutin.toml"} <= set(ignored)


def test_images_are_small_enough_for_a_slow_line() -> None:
    images = sorted((DOCS / "images").iterdir())
    assert images
    assert [image.name for image in images if image.stat().st_size > LARGEST_IMAGE] == []
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [image.name for image in images if image.name not in everything] == [], "every image is shown somewhere"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_and_module_that_is_named_exists(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:crawler|monitor|spiders|tests|docs|deploy|scripts)/[\w./-]*)`", page):
        assert (ROOT / name).exists(), f"{path.name} names {name}"


def test_every_room_of_the_house_is_in_the_drawing() -> None:
    drawn = "".join(line for line in text("docs/architecture.md").splitlines() if line.startswith("| `"))
    names = {name for cell in re.findall(r"`([^`]+)`", drawn) for name in [cell.rpartition("/")[2].removesuffix(".py")]}
    covered = tuple(name.removesuffix("*") for name in names if name.endswith("*"))
    rooms = {path.stem for path in (ROOT / "crawler").glob("*.py")} - {"__init__"}
    assert {room for room in rooms - names if not room.startswith(covered)} == set()
    files = set(re.findall(r"`(?:crawler/)?([\w*]+\.py)`", drawn))
    assert [name for name in files if not list((ROOT / "crawler").glob(name))] == []
