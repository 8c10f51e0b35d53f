"""The rules for the URLs and the addresses of webhooks."""

import ipaddress
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.webhooks.addresses import LONGEST_URL, AddressRules, address_in, is_public

RULES, LOCAL = AddressRules(), AddressRules(loopback=True)
PUBLIC = "https://dance.example.org/films"
V6_OF_V4 = ("::", "::ffff:0:", "::ffff:0:0:", "64:ff9b::", "64:ff9b:1::", "2002:")


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        (PUBLIC, "dance.example.org", "/films"),
        ("https://Dance.Example.org", "dance.example.org", "/"),
        ("https://dance.example.org:443/?a=%20b&c", "dance.example.org", "/?a=%20b&c"),
        ("https://dance.example.org:8443", "dance.example.org:8443", "/"),
        ("https://dance.example.org?", "dance.example.org", "/?"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
        ("https://[2606:4700::1111]:1024/", "[2606:4700::1111]:1024", "/"),
        ("https://my_host.xn--90ais./a", "my_host.xn--90ais.", "/a"),
    ],
)
def test_a_public_url_is_taken_apart(url: str, authority: str, path: str) -> None:
    target = RULES.target_of(url)
    assert (target.scheme, target.authority, target.path) == ("https", authority, path)


@pytest.mark.parametrize(
    "url",
    [
        *("", "https://", "https:///films", "dance.example.org", "//dance.example.org/"),
        *("http://dance.example.org/", "ftp://dance.example.org/", "HTTPS:dance.example.org"),
        *("https://ana@dance.example.org/", "https://ana:b@dance.example.org/", "https://@a.org/"),
        *("https://dance.example.org/#a", "https://dance.example.org/#"),
        *("https://dance.example.org\\@10.0.0.1/", "https://dance example.org/", "https://a.org/ "),
        *("https://dance.example.org/\n", "https://dance.ex\tample.org/", "https://dänce.org/"),
        *("https://dance.example.org:22/", "https://dance.example.org:25", "https://a.org:0/"),
        *("https://dance.example.org:80/", "https://a.org:65536/", "https://a.org:-1/"),
        *("https://dance.example.org:/", "https://dance.example.org:x/", "https://.example.org/"),
        *("https://[::1", "https://[dance]/", "https://a..org/", f"https://{'a.' * 127}org/"),
        *("https://10.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://0.0.0.0/"),
        *("https://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/"),
        *("https://100.100.100.200/", "https://168.63.129.16/", "https://[fe80::1%25eth0]/"),
        *("https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a00:1]/"),
        *("https://localhost/", "https://LOCALHOST./", "https://a.localhost/"),
        PUBLIC + "a" * LONGEST_URL,
    ],
)
def test_a_url_that_leads_elsewhere_is_refused(url: str) -> None:
    fault = RULES.fault(url)
    assert fault is not None
    assert fault.endswith(".")
    with pytest.raises(ValueError, match=r"\w"):
        RULES.target_of(url)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8080/", "http://localhost/", "https://127.0.0.1:8443/"),
        *("http://[::1]:8080/", "http://hooks.localhost:8080/", "http://127.9.9.9/"),
    ],
)
def test_this_machine_is_reached_when_a_setting_says_so(url: str) -> None:
    assert LOCAL.fault(url) is None
    assert RULES.fault(url) is not None


@pytest.mark.parametrize(
    "url",
    ["http://dance.example.org/", "http://8.8.8.8/", "https://10.0.0.1/", "http://0.0.0.0:8080/"],
)
def test_the_setting_opens_nothing_else(url: str) -> None:
    assert LOCAL.fault(url) is not None


@settings(max_examples=500)
@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_no_address_that_python_calls_special_is_public(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(address)
    assert not LOCAL.admits(address) or is_public(address) or address.is_loopback


@settings(max_examples=300)
@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_no_special_address_of_version_6_is_public(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    if not address.is_global or address.is_multicast or address.ipv4_mapped or address.sixtofour:
        assert not is_public(address)


@settings(max_examples=200)
@given(st.integers(min_value=0, max_value=2**32 - 1), st.sampled_from(V6_OF_V4))
def test_an_address_that_hides_another_is_not_public(number: int, before: str) -> None:
    hidden = ipaddress.IPv4Address(number)
    high, low = number >> 16, number & 0xFFFF
    text = f"{before}{high:x}:{low:x}::1" if before == "2002:" else f"{before}{high:x}:{low:x}"
    address = address_in(text)
    assert address is not None, (text, hidden)
    assert not is_public(address)


@settings(max_examples=200)
@given(
    st.sampled_from(
        [
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"),
            *("100.64.0.0/10", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15"),
            *("192.0.0.0/24", "192.88.99.0/24", "203.0.113.0/24", "168.63.129.16/32"),
            *("::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001::/32", "2002::/16"),
            *("2001:db8::/32", "100::/64", "fec0::/10", "5f00::/16", "3fff::/20"),
        ]
    ),
    st.integers(min_value=0),
)
def test_every_address_of_a_special_network_is_refused(network: str, seed: int) -> None:
    whole = ipaddress.ip_network(network)
    chosen = whole[random.Random(seed).randrange(whole.num_addresses)]  # noqa: S311 - no secret
    for address in (whole[0], whole[-1], chosen):
        assert not is_public(address)


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_admitted(text: str) -> None:
    address = address_in(text)
    assert address is not None
    assert is_public(address)
    assert RULES.admits(address)
