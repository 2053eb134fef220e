"""The address guard, without a network: pure functions and a resolver with injected answers."""

import asyncio
import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.failures import FailureKind
from transforms.http.address import GuardedResolver, check_address, check_url
from transforms.http.errors import FetchError, UnsupportedSchemeError
from transforms.http.policy import FetchPolicy

PUBLIC = FetchPolicy()
INTRANET = FetchPolicy(allow_private_networks=True)


def words(text: str) -> list[str]:
    return text.split()


NOT_PUBLIC = words(
    """
0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.8.9.1 169.254.1.1 172.16.0.1
172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9
224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1
2001::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 fc00::1 fd12::1 fe80::1
fe80::1%1 fec0::1 ff02::1 100::1 5f00::1 4000::1
"""
)

METADATA = words(
    """
169.254.169.254 169.254.170.2 100.100.100.200 fd00:ec2::254 fd00:ec2::254%1 ::ffff:169.254.169.254
64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: ::a9fe:a9fe 168.63.129.16 192.0.0.192
"""
)

ODD_SPELLINGS = words(
    """
0177.0.0.1 0x7f.0.0.1 0x7f000001 2130706433 127.1 127.0.1 0x7f.1 017700000001 127.0.0.01 8.8.2056
1.2.3.4.5 256.1.1.1 news.0x1 127.0.0.0x1
"""
)


def kind_of(url: str, policy: FetchPolicy = PUBLIC) -> FailureKind | None:
    try:
        check_url(url, policy)
    except FetchError as error:
        return error.kind
    return None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused_unless_private_networks_are_allowed(
    address: str,
) -> None:
    with pytest.raises(FetchError) as caught:
        check_address(address, PUBLIC)
    assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
    check_address(address, INTRANET)


@pytest.mark.parametrize("address", METADATA)
def test_metadata_services_are_refused_always(address: str) -> None:
    for policy in (PUBLIC, INTRANET):
        with pytest.raises(FetchError, match="metadata"):
            check_address(address, policy)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses_pass(address: str) -> None:
    check_address(address, PUBLIC)


@given(st.ip_addresses())
def test_nothing_passes_that_python_calls_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    try:
        check_address(address, PUBLIC)
    except FetchError:
        return
    for inside in ("64:ff9b::/96", "::ffff:0:0/96"):  # judged by the IPv4 address in them
        if address in ipaddress.ip_network(inside):
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    assert address.is_global
    assert not address.is_multicast


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(FetchError):
        check_address("example.org", PUBLIC)


@pytest.mark.parametrize("host", ODD_SPELLINGS)
def test_odd_spellings_of_ip_addresses_are_refused_always(host: str) -> None:
    for policy in (PUBLIC, INTRANET):
        assert kind_of(f"http://{host}/x", policy) is FailureKind.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://user:password@169.254.169.254/",
        "http://example.org@10.0.0.1/",
        "http://10.0.0.1\\@example.org/",
        "http://example.org:22/",
        "https://example.org:6379/",
    ],
)
def test_urls_that_lead_inside_or_to_other_services_are_refused(url: str) -> None:
    assert kind_of(url) is FailureKind.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "http://",
        "http://exa mple.org/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://a..b/",
        "//example.org/x",
        "/x",
        "http://" + "a" * 70 + ".example/",
        "http://example.org/" + "x" * 9000,
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    assert kind_of(url) is FailureKind.BAD_URL


@pytest.mark.parametrize(
    "url", ["mailto:desk@example.org", "javascript:alert(1)", "FTP://example.org/x", "data:,x"]
)
def test_other_schemes_are_told_apart(url: str) -> None:
    with pytest.raises(UnsupportedSchemeError):
        check_url(url, PUBLIC)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_fetch_error(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.org/{text}"):
        try:
            target = check_url(url, PUBLIC)
        except FetchError:
            continue
        assert str(target).isascii()
        assert target.url.scheme in ("http", "https")
        assert target.host_key == target.host_key.lower()
        assert check_url(str(target), PUBLIC) == target


def test_the_target_is_what_was_announced_without_userinfo_and_fragment() -> None:
    target = check_url("HTTPS://me:secret@Example.ORG/a%2Fb;c?x=%2B+&y=%7e#part", PUBLIC)
    assert str(target) == "https://example.org/a%2Fb;c?x=%2B+&y=%7e"
    assert target.host_key == "example.org:443"
    assert target.origin == "https://example.org"
    assert target.label == "https://example.org/a%2Fb;c"


def test_any_port_goes_on_an_intranet() -> None:
    assert check_url("http://intranet.example:9000/", INTRANET).host_key == "intranet.example:9000"


def test_messages_keep_passwords_and_queries_to_themselves() -> None:
    for url in ("http://me:hunter2@exa mple.org/?key=hunter2", "http://a:22/?key=hunter2"):
        with pytest.raises(FetchError) as caught:
            check_url(url, PUBLIC)
        assert "hunter2" not in caught.value.message


def resolved(addresses: list[str], policy: FetchPolicy = PUBLIC) -> list[str]:
    """What the resolver hands out when DNS says `addresses`."""

    def lookup(host: str, port: int, family: int) -> list[tuple[Any, ...]]:
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, port))
            for a in addresses
        ]

    async def run() -> list[str]:
        resolver = GuardedResolver(policy, lookup)
        try:
            return [result["host"] for result in await resolver.resolve("news.example", 443)]
        finally:
            await resolver.close()

    return asyncio.run(run())


def test_the_resolver_hands_out_public_addresses_only() -> None:
    assert resolved(["8.8.8.8", "127.0.0.1", "::1", "2606:4700::1111"]) == [
        "8.8.8.8",
        "2606:4700::1111",
    ]


def test_a_name_with_forbidden_addresses_only_is_refused() -> None:
    with pytest.raises(FetchError, match=r"news\.example: 10\.0\.0\.1 is not a public") as caught:
        resolved(["10.0.0.1", "fd00::1"])
    assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
    assert resolved(["10.0.0.1"], INTRANET) == ["10.0.0.1"]


def test_a_name_without_addresses_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        resolved([])
