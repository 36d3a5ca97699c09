"""What the guard promises: no request leaves this machine for a place that no site declares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import defer

from crawler.cms import FAMILIES
from crawler.config import Config
from crawler.config_tables import Network
from crawler.guard import MAX_URL, Guard, PrivateAddressError, PublicResolver, is_public
from crawler.site import Section, Site

SITE = Site(
    slug="a_site",
    name="A site",
    committee="district",
    province="",
    home_url="https://a.example.gov.vn/",
    family=FAMILIES["mojoportal"],
    sections=(Section(name="News", path="/news"),),
    allowed_hosts=("files.example.gov.vn:8080",),
)
PRIVATE = Config(network=Network(allow_private_addresses=True))


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://a.example.gov.vn/tin-hoat-dong?page=2", None),
        ("http://a.example.gov.vn/tin", None),  # plain http of a declared host
        ("https://A.EXAMPLE.gov.vn./tin", None),
        ("http://files.example.gov.vn:8080/a.doc", None),
        ("http://files.example.gov.vn/a.doc", "other_host"),
        ("https://a.example.gov.vn:8443/", "other_host"),
        ("https://www.a.example.gov.vn/", "other_host"),
        ("https://a.example.gov.vn.evil.example/", "other_host"),
        ("https://a.example.gov.vn@evil.example/", "malformed"),
        ("https:///nothing", "malformed"),
        ("https://a.example.gov.vn:99999/", "malformed"),
        ("ftp://a.example.gov.vn/", "scheme"),
        ("file://a.example.gov.vn/etc/passwd", "scheme"),
        ("https://a.example.gov.vn/login", "denied"),
        ("https://a.example.gov.vn/tin?sort=asc", "denied"),
        ("https://a.example.gov.vn/" + "a" * MAX_URL, "too_long"),
    ],
)
def test_only_what_the_site_declares_is_let_out(url: str, refusal: str | None) -> None:
    assert Guard(SITE, Config()).refusal(url) == refusal


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "2130706433", "127.1", "0.0.0.0"]
)
def test_private_addresses_need_a_setting(host: str) -> None:
    site = replace(SITE, home_url=f"http://{host}/")
    assert Guard(site, Config()).refusal(f"http://{host}/tin") == "private_address"
    assert Guard(site, PRIVATE).refusal(f"http://{host}/tin") is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("203.162.0.10", True),
        ("2401:d800::1", True),
        ("172.16.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.168.0.1", False),
        ("2002:7f00:1::", False),  # 127.0.0.1 as 6to4
        ("example.gov.vn", False),
        ("", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(("address", "allowed"), [("203.162.0.10", True), ("192.168.1.1", False), ("127.0.0.1", False)])
def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, allowed: bool
) -> None:
    monkeypatch.setattr(PublicResolver.__base__, "getHostByName", lambda *_: defer.succeed(address))
    resolver = PublicResolver.__new__(PublicResolver)
    results: list[Any] = []
    resolver.getHostByName("a.example.gov.vn").addBoth(results.append)
    if allowed:
        assert results == [address]
    else:
        assert results[0].check(PrivateAddressError)
        said = (
            f"a.example.gov.vn is at {address}, a private address: set network.allow_private_addresses in luutin.toml"
        )
        assert said in str(results[0].value)
    resolver.allow_private = True
    resolver.getHostByName("a.example.gov.vn").addBoth(results.append)
    assert results[-1] == address


@given(st.text())
def test_garbage_is_refused_and_never_crashes(text: str) -> None:
    guard = Guard(SITE, Config())
    assert guard.refusal(text) in {"malformed", "scheme", "other_host", "too_long"}
    assert guard.refusal(f"http://{text}") in {"malformed", "other_host", "too_long", "private_address"}
