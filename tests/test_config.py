"""What luutin.toml promises: every slip is one sentence, every key is in the sample, a site needs no Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from crawler import config as config_module
from crawler.cms import FAMILIES
from crawler.config import VARIABLE, Config, load
from crawler.config_tables import SectionEntry, SiteEntry
from crawler.errors import ConfigError
from crawler.site import Addresses, Section, Site
from spiders import by_host, registry

SAMPLE = Path(__file__).parent.parent / "luutin.sample.toml"

SITE = Site(
    slug="a_site",
    name="A site",
    committee="district",
    province="",
    home_url="https://a.example.gov.vn/",
    family=FAMILIES["mojoportal"],
    sections=(Section(name="News", path="/news"),),
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "luutin.toml"
    path.write_text(text, encoding="utf-8")
    return path


def said(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, text))
    return str(raised.value)


def keys(model: type[BaseModel]) -> set[str]:
    """Every key of a table and of the tables in it."""
    found = set()
    for name, field in model.model_fields.items():
        found.add(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= keys(field.annotation)
    return found


def test_the_sample_says_what_holds_without_a_file() -> None:
    assert load(SAMPLE).model_dump() == Config().model_dump()


def test_every_example_in_the_sample_can_be_used(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^#(?=[\w\[\]]|  \{)", "", SAMPLE.read_text(encoding="utf-8"))
    text = text.replace('at = "02:00"\n', "")  # of at and cron only one can be given
    config = load(written(tmp_path, text))
    sites = config.registry([Site(**{**_fields(SITE), "slug": "hai_duong"})], FAMILIES)
    assert sites["hai_duong"].home_url.startswith("https://danvan")
    assert sites["quan_1"].family is FAMILIES["liferay"]
    assert config.contact.email in config.user_agent


def _fields(site: Site) -> dict[str, object]:
    return {name: getattr(site, name) for name in site.__dataclass_fields__}


def test_the_sample_is_complete() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for key in (keys(Config) | keys(SiteEntry) | keys(SectionEntry)) - {"sites"}:
        assert re.search(rf"(?m)^#?(\[+{key}\]|{key} = )|\b{key} = ", text), key
    for family in FAMILIES:
        assert family in text


def test_without_a_file_the_defaults_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(config_module, "DEFAULT", tmp_path / "luutin.toml")
    assert load() == Config()


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(written(tmp_path, "[serve]\nport = 9\n")))
    assert load().serve.port == 9


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[politeness]\ndelay = 2\n", "politeness.delay is not a setting of Lưu Tin (did you mean delay_seconds?)."),
        ("[polite]\n", "polite is not a setting of Lưu Tin (did you mean politeness?)."),
        ("[sites.x]\nhomeurl = 'http://x/'\n", "sites.x.homeurl is not a setting of Lưu Tin (did you mean home_url?)."),
        ("politeness = 3\n", "politeness = 3 should be a table."),
        ("[serve]\nport = '80'\n", "serve.port = '80' should be a valid integer."),
        ("[serve]\nport = 70000\n", "serve.port = 70000 should be less than or equal to 65535."),
        (
            "[serve]\nhost = ''\n",
            "serve.host = '' is not an address to listen on; write it like '127.0.0.1', or '0.0.0.0' to let others in.",
        ),
        ("[sites.x]\nallowed_hosts = 'a'\n", "sites.x.allowed_hosts = 'a' should be a list."),
        ("[notify]\nname = 'a'\n", "notify should be a list; write [[notify]], with two brackets."),
        ("[night]\nat = '25:00'\n", "night.at = '25:00' is not a time of day; write it like '02:00'."),
        ("[contact]\nemail = 'me'\n", "contact.email = 'me' is not an e-mail address."),
        (
            "[sites.x]\nhome_url = 'http://a:99999/'\n",
            "sites.x.home_url = 'http://a:99999/' names a port that there is not; ports are numbers up to 65535.",
        ),
        ("[contact]\nurl = 'me'\n", "contact.url = 'me' is not a web address; write it like https://example.org/."),
        (
            "[sites.x]\nsections = [{name = 'N'}]\n",
            "sites.x.sections.0.path is missing.",
        ),
        (
            "[sites.x]\nsections = [{name = 'N', path = '/', pth = '/'}]\n",
            "sites.x.sections.0.pth is not a setting of Lưu Tin (did you mean path?).",
        ),
        (
            "[sites.x]\nallowed_hosts = ['http://a/']\n",
            "sites.x.allowed_hosts.0 = 'http://a/' is not a host name; write it without https:// and without a path, "
            "like www.example.org.",
        ),
        (
            "[sites.X-1]\n",
            "sites.X-1 is not a slug; use lower-case letters, digits and underscores, a letter first.",
        ),
        (
            "[sites.x]\narticle = '('\n",
            "sites.x.article = '(' is not a regular expression (missing ), unterminated subpattern at position 0).",
        ),
    ],
)
def test_every_slip_is_one_sentence_with_the_key_and_the_file(tmp_path: Path, text: str, sentence: str) -> None:
    assert said(tmp_path, text) == f"{tmp_path / 'luutin.toml'}: {sentence}"


def test_the_mark_that_windows_puts_before_a_text_is_no_slip(tmp_path: Path) -> None:
    assert load(written(tmp_path, "\ufeff[serve]\nport = 9\n")).serve.port == 9


def test_two_slips_are_two_sentences(tmp_path: Path) -> None:
    assert said(tmp_path, "[serve]\nport = -1\nhots = ''\n").count("\n") == 1


def test_what_is_not_toml_or_not_there_is_said(tmp_path: Path) -> None:
    assert "line 1" in said(tmp_path, "[serve\n")
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read"):
        load(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "latin.toml")


def test_a_site_is_overridden(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            "[sites.a_site]\nhome_url = 'http://127.0.0.1:9/'\nkeep_images = false\narticle = '-(?P<id>[0-9]+)$'\n"
            "allowed_hosts = ['B.example']\nsections = [{name = 'Other', path = '/other'}]\n",
        )
    )
    site = config.apply(SITE)
    assert site.hosts == {"127.0.0.1:9", "b.example"}
    assert site.sections == (Section(name="Other", path="/other"),)
    assert site.listing_url(site.sections[0]) == "http://127.0.0.1:9/other"
    assert (site.keep_images, site.keep_attachments) == (False, True)
    assert site.addresses == Addresses(article="-(?P<id>[0-9]+)$")
    assert site.status == "unverified"


def test_a_site_that_is_not_mentioned_stays_as_it_is() -> None:
    assert Config().apply(SITE) is SITE


def test_only_a_known_address_is_crawled_at_night(tmp_path: Path) -> None:
    assert not Config().crawlable(SITE)
    assert "sites.a_site.home_url" in Config().skipped(SITE)
    config = load(written(tmp_path, "[sites.a_site]\nhome_url = 'http://a.example/'\n"))
    assert config.crawlable(config.apply(SITE))
    config = load(written(tmp_path, "[sites.a_site]\nhome_url = 'http://a.example/'\nenabled = false\n"))
    assert "switched off" in config.skipped(config.apply(SITE))


def test_a_whole_site_is_declared_without_python(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            "[sites.quan_1]\nname = 'Quận 1'\ncms = 'liferay'\nhome_url = 'https://q1.example/'\n"
            "sections = [{name = 'Tin', path = '/tin'}]\n",
        )
    )
    sites = config.registry([SITE], FAMILIES)
    assert list(sites) == ["a_site", "quan_1"]
    assert sites["quan_1"].name == "Quận 1"
    assert sites["quan_1"].pages.kind == "link"
    assert sites["quan_1"].declared_in.endswith("luutin.toml")
    assert config.crawlable(sites["quan_1"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[sites.a_sight]\nkeep_images = true\n", r"a_sight is not a site .*did you mean a_site.* name, cms"),
        ("[sites.a_site]\nname = 'B'\n", r"sites\.a_site\.name cannot be set"),
        (
            "[sites.b]\nname = 'B'\ncms = 'joomla'\nhome_url = 'http://b/'\nsections = [{name = 'N', path = '/'}]\n",
            r"sites\.b\.cms is 'joomla', but the known systems are liferay,",
        ),
    ],
)
def test_a_half_declared_site_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        load(written(tmp_path, text)).registry([SITE], FAMILIES)


SITE_B = "[sites.b]\nname = 'B'\ncms = 'generic'\nhome_url = '{}'\nsections = [{{name = 'Tin', path = '{}'}}]\n"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (SITE_B.format("https://a.example.gov.vn/huyen-b/", "tin"), "a.example.gov.vn"),
        (SITE_B.format("http://www.A.example.gov.vn/", "/tin"), "www.a.example.gov.vn"),
        (SITE_B.format("http://b/", "/tin") + "allowed_hosts = ['a.example.gov.vn']", "a.example.gov.vn"),
    ],
)
def test_a_host_belongs_to_one_site(tmp_path: Path, text: str, host: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, text)).registry([SITE], FAMILIES)
    assert str(raised.value) == (
        f"{tmp_path / 'luutin.toml'}: sites.a_site and sites.b both have the host {host}, but a host belongs to one "
        "site; make them sections of one site, or correct the host of one."
    )


def test_a_site_may_take_the_host_that_another_has_left(tmp_path: Path) -> None:
    moved = "[sites.a_site]\nhome_url = 'http://new.example/'\n" + SITE_B.format("http://a.example.gov.vn/", "/tin")
    assert set(load(written(tmp_path, moved)).registry([SITE], FAMILIES)) == {"a_site", "b"}


@pytest.mark.parametrize(
    "path", ["https://c.example/tin", "//c.example/tin", "https://b:8443/tin", "http://[", "ftp:x"]
)
def test_a_section_is_on_a_host_of_its_site(tmp_path: Path, path: str) -> None:
    config = load(written(tmp_path, SITE_B.format("http://b/", path)))
    with pytest.raises(ConfigError) as raised:
        config.registry([SITE], FAMILIES)
    assert str(raised.value) == (
        f"{tmp_path / 'luutin.toml'}: the section 'Tin' of sites.b has the path {path}, which does not lead to a host "
        "of that site; correct it, or add the host to sites.b.allowed_hosts."
    )


@pytest.mark.parametrize(
    ("home", "path", "hosts"),
    [
        ("http://b/", "https://b/tin", []),
        ("http://b:80/", "/tin", []),
        ("http://B/", "tin?x=1", []),
        ("http://[::1]:8080/", "/tin", []),
        ("http://b/", "https://c.example/tin", ["c.example"]),
    ],
)
def test_a_section_may_be_on_any_of_its_sites_hosts(tmp_path: Path, home: str, path: str, hosts: list[str]) -> None:
    config = load(written(tmp_path, SITE_B.format(home, path) + f"allowed_hosts = {hosts}\n"))
    assert "b" in config.registry([SITE], FAMILIES)


def test_a_host_that_is_none_is_said(tmp_path: Path) -> None:
    config = load(written(tmp_path, SITE_B.format("http://b/", "/tin") + "allowed_hosts = ['..']\n"))
    with pytest.raises(ConfigError, match=r"sites\.b has the host \.\., which is not a host name"):
        config.registry([SITE], FAMILIES)


def test_the_sites_of_this_project_are_each_on_a_host_of_their_own() -> None:
    sites = registry(Config())
    assert len(by_host(Config())) == sum(len(site.hosts) for site in sites.values()) >= 6


def test_the_user_agent_is_a_header_value() -> None:
    assert re.fullmatch(r"LuuTin/[\d.]+ \(news archive\)", Config().user_agent)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda s: st.lists(s)))
def test_no_value_of_any_kind_is_more_than_a_sentence(value: object) -> None:
    for key in Config.model_fields:
        try:
            Config.model_validate({key: value})
        except ValueError as error:
            for problem in error.errors():  # type: ignore[attr-defined]
                assert key in config_module._sentence(problem)
