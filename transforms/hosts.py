"""Hosts of addresses: their canonical form, and the domain that someone registered."""

import ipaddress
import re
import unicodedata
from functools import lru_cache

import idna
from tld import get_tld

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})*")


@lru_cache(maxsize=8192)
def host_and_port(text: str) -> tuple[str, int | None]:
    """The host of an authority in ASCII, lower case, and its port. Raises ValueError on others."""
    if text.startswith("["):
        closing = text.find("]")
        host, rest = _ipv6(text[1:closing]), text[closing + 1 :]
        if closing < 0 or (rest and not rest.startswith(":")):
            raise ValueError(f"not a host: {text[:200]!r}")
        return host, _port(rest[1:])
    name, _, port = text.partition(":")
    return _ascii_host(name), _port(port)


def _ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        raise ValueError(f"not an IPv6 address: {text[:200]!r}") from None
    if address.scope_id is not None:  # names an interface of this machine, nothing on the web
        raise ValueError(f"an IPv6 address with a zone: {text[:200]!r}")
    mapped = address.ipv4_mapped
    if mapped is not None:  # Python 3.13 began to write these with dots
        return f"[::ffff:{int(mapped) >> 16:x}:{int(mapped) & 0xFFFF:x}]"
    return f"[{address}]"


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and int(text) <= 65535):
        raise ValueError(f"not a port: {text[:20]!r}")
    return int(text)


def _ascii_host(name: str) -> str:
    """The host in lower-case ASCII without its root dot: IDNA 2008 with UTS 46 mapping."""
    if len(name) > 512:  # before any work that grows with the square of the length
        raise ValueError(f"not a host: {name[:200]!r}")
    if not name.isascii():
        name = _idna(name)
    host = name.lower()
    if host.endswith("."):
        host = host[:-1]
    if not _HOST.fullmatch(host):
        raise ValueError(f"not a host: {name[:200]!r}")
    return host


def _idna(name: str) -> str:
    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    except (idna.IDNAError, UnicodeError):
        mapped = unicodedata.normalize("NFKC", name).lower().replace("\u3002", ".")
    return ".".join(map(_idna_label, mapped.split(".")))


def _idna_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # Emoji and the like: IDNA 2008 forbids them, registries sold them, browsers ask them.
        return "xn--" + label.encode("punycode").decode("ascii")


@lru_cache(maxsize=8192)
def registered_part(host: str) -> str | None:
    """The registrable domain of a host; None where it is itself a public suffix."""
    labels = host.split(".")
    if len(labels) == 1 or labels[-1].isdigit():  # localhost, [::1], 127.0.0.1
        return host
    suffix = get_tld(f"http://{_unicode_host(labels)}/", fail_silently=True)
    # A top-level domain the list does not know is a suffix of one label (the list's rule "*").
    length = suffix.count(".") + 1 if isinstance(suffix, str) else 1
    return ".".join(labels[-length - 1 :]) if length < len(labels) else None


def _unicode_host(labels: list[str]) -> str:
    """The host as the Public Suffix List writes it: labels in their own script."""
    return ".".join(map(_unicode_label, labels))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        return label
