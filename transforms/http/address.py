"""The address guard: which URLs may be asked, and which IP addresses may answer.

`check_url` judges the text of a URL, on every redirect hop again. `check_address` judges an IP
address: the literal one in a URL, and each one that DNS names (`GuardedResolver`). A connection
goes to the very addresses that were judged, so a name that resolves differently a moment later
(DNS rebinding) gains nothing.

The tables follow the IANA special-purpose address registries (RFC 6890) rather than
`ipaddress.is_global`, whose answers differ between the Python versions supported here.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from transforms.failures import FailureKind
from transforms.http.errors import FetchError, UnsupportedSchemeError
from transforms.http.policy import FetchPolicy
from transforms.urls import absolute_http_url

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int, int], list[Any]]

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        [
            "169.254.169.254",  # AWS, Google Cloud, Azure, DigitalOcean, Oracle
            "169.254.170.2",  # AWS ECS task credentials
            "169.254.170.23",  # AWS EKS pod identity
            "168.63.129.16",  # Azure's host agent; a public address by number
            "192.0.0.192",  # Oracle Cloud
            "100.100.100.200",  # Alibaba Cloud
            "fd00:ec2::254",  # AWS
            "fd00:ec2::23",  # AWS EKS pod identity
            "fd20:ce::254",  # Google Cloud
        ],
    )
)

_FORBIDDEN_V4 = [
    (ipaddress.IPv4Network(network), what)
    for network, what in [
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    ]
]

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_V6 = [
    (ipaddress.IPv6Network(network), what)
    for network, what in [
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    ]
]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.I)
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.I)


@dataclass(frozen=True)
class Target:
    """A URL that passed the guard: http or https, no userinfo, no fragment, ASCII."""

    url: yarl.URL

    @property
    def host_key(self) -> str:
        """Lower-case `host:port`, the unit of politeness."""
        return f"{self.url.host_subcomponent}:{self.url.port}"

    @property
    def origin(self) -> str:
        """`scheme://host[:port]`, the unit of robots.txt."""
        return str(self.url.origin())

    @property
    def label(self) -> str:
        """The URL as messages show it: no query, which may hold a key, and not too long."""
        text = str(self.url.with_query(None))
        return text if len(text) <= 160 else text[:159] + "…"

    def __str__(self) -> str:
        return str(self.url)


def check_url(url: str, policy: FetchPolicy, base: Target | None = None) -> Target:
    """The Target of an absolute URL, or of one relative to `base`.

    User and password are dropped, and so is the fragment. Raises UnsupportedSchemeError, or
    FetchError with BAD_URL (no valid http URL) or FORBIDDEN_ADDRESS (port, IP literal or an
    octal, hexadecimal, integer or short spelling of one, which no honest link uses).
    """
    scheme = _SCHEME.match(url.lstrip())
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise UnsupportedSchemeError(
            f"a link with the scheme {scheme[1].lower()[:20]!r} cannot be fetched: "
            "only http and https can"
        )
    absolute = absolute_http_url(str(base) if base else None, url)
    if absolute is None:
        raise FetchError(
            FailureKind.BAD_URL,
            f"not a valid http(s) URL: {_without_secrets(url)!r}; check the host and the port",
        )
    try:
        target = Target(yarl.URL(absolute.partition("#")[0], encoded=True))
        host, port = target.url.raw_host, target.url.port
    except ValueError as error:
        raise FetchError(
            FailureKind.BAD_URL, f"not a valid URL: {_without_secrets(url)!r}"
        ) from error
    if not host or not port:
        raise FetchError(FailureKind.BAD_URL, f"{target.label} names no host or port 0")
    _check_host(host, target, policy)
    if not policy.allow_private_networks and port not in policy.allowed_ports:
        raise FetchError(
            FailureKind.FORBIDDEN_ADDRESS,
            f"{target.label} asks for port {port}; allowed are "
            f"{', '.join(map(str, policy.allowed_ports))}",
        )
    return target


def check_address(address: str | IPAddress, policy: FetchPolicy) -> None:
    """Raises FetchError(FORBIDDEN_ADDRESS) unless `address` is a public one.

    IPv4-mapped and NAT64 (RFC 6052) addresses are judged by the IPv4 address inside, since that
    is where the packets go. Metadata services of clouds are refused even with
    `policy.allow_private_networks`.
    """
    try:
        address = ipaddress.ip_address(address)
    except ValueError as error:
        raise FetchError(
            FailureKind.FORBIDDEN_ADDRESS, f"not an IP address: {str(address)[:60]!r}"
        ) from error
    address = type(address)(int(address))  # without an IPv6 zone
    if _METADATA.intersection({address, *_embedded(address)}):
        raise FetchError(
            FailureKind.FORBIDDEN_ADDRESS,
            f"{address} is a cloud metadata service; it is never asked",
        )
    what = None if policy.allow_private_networks else _forbidden(address)
    if what:
        raise FetchError(
            FailureKind.FORBIDDEN_ADDRESS,
            f"{address} is not a public address ({what}); set fetch.allow_private_networks "
            "only to read an intranet",
        )


class GuardedResolver(AbstractResolver):
    """DNS for aiohttp that hands out checked addresses only.

    Forbidden ones among several are left out; when none remains the name is refused. `lookup`
    is `socket.getaddrinfo(host, port, family)` or a stand-in. It runs in a pool of its own, as
    large as the requests in flight: asyncio's default pool has a handful of threads, and a few
    dead name servers would occupy them all for everybody.
    """

    def __init__(self, policy: FetchPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._lookup = lookup or _getaddrinfo
        self._pool = ThreadPoolExecutor(max(4, policy.concurrency), "newsbeam-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._pool, self._lookup, host, port, family)
        results: list[ResolveResult] = []
        refusal: FetchError | None = None
        for found_family, _, protocol, _, socket_address in found:
            address = socket_address[0]
            try:
                check_address(address, self._policy)
            except FetchError as error:
                refusal = refusal or error
                continue
            results.append(
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=found_family,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        if not results:
            if refusal:
                raise FetchError(refusal.kind, f"{host}: {refusal.message}")
            raise socket.gaierror(socket.EAI_NONAME, f"no address for {host}")
        return results

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _getaddrinfo(host: str, port: int, family: int) -> list[Any]:
    return socket.getaddrinfo(
        host, port, family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )


def _check_host(host: str, target: Target, policy: FetchPolicy) -> None:
    if ":" in host:
        check_address(host, policy)
    elif _ENDS_IN_NUMBER.fullmatch(host):
        try:  # strict: four decimal numbers without leading zeros
            address = ipaddress.IPv4Address(host)
        except ValueError as error:
            raise FetchError(
                FailureKind.FORBIDDEN_ADDRESS,
                f"{target.label} writes an IP address in an odd way; four decimal numbers only",
            ) from error
        check_address(address, policy)


def _forbidden(address: IPAddress) -> str | None:
    if isinstance(address, ipaddress.IPv4Address):
        return next((what for network, what in _FORBIDDEN_V4 if address in network), None)
    if address.ipv4_mapped:
        return _forbidden(address.ipv4_mapped)
    if address in _NAT64:
        return _forbidden(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    for network, what in _FORBIDDEN_V6:
        if address in network:
            return what
    return None if address in _GLOBAL_V6 else "outside the global unicast space"


def _embedded(address: IPAddress) -> set[IPAddress]:
    """The IPv4 addresses that an IPv6 address may lead to."""
    if isinstance(address, ipaddress.IPv4Address):
        return set()
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)  # mapped, compatible, NAT64
    teredo = address.teredo
    candidates = [low, address.sixtofour, teredo[1] if teredo else None]
    return {candidate for candidate in candidates if candidate is not None}


def _without_secrets(url: str) -> str:
    """A URL that could not be parsed, without what might be a password or a key."""
    head = re.split(r"[?#]", url.strip(), maxsplit=1)[0]
    return re.sub(r"//[^/]*@", "//", head)[:160]
