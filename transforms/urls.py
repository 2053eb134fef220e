"""Addresses: which article an address names, which host it is on, whose domain that is.

`normalize_url` turns the many spellings of an article's address into one, and `article_id` is
its hash. docs/urls.md states each rule with its reason. The guiding one: taking two articles for
one loses an article, taking one for two costs a duplicate that later stages still catch, so a
rule merges only what cannot name two articles.

A normalised address is an identity, not something to fetch: its scheme is always https and
its host may have lost `www.`. What to fetch is what `absolute_http_url` returns.

Everything here is pure, needs no network and raises nothing but ValueError.
"""

import hashlib
import re
from typing import NamedTuple
from urllib.parse import urljoin

from transforms.hosts import host_and_port, registered_part
from transforms.tracking import is_noise

MAX_URL_LENGTH = 8192
"""Longest address accepted, in characters, before and after normalisation. RFC 9110 4.1 asks
for 8000 octets at least; servers rarely take more."""

_DEFAULT_PORTS = {"http": 80, "https": 443}

_DIRECTORY_INDEX = re.compile(
    r"(?:index\.(?:s?html?|php|aspx?|jsp)|default\.(?:aspx?|html?))", re.I
)
_AMP_SEGMENTS = frozenset(["amp", "amphtml"])
_VARIANT_HOSTS = ("www.", "m.", "mobile.", "amp.")

_URL = re.compile(r"(https?):[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.I | re.S)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.I)
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_EDGE = (
    "".join(map(chr, range(0x21)))
    + "\x7f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + ("".join(map(chr, range(0x2000, 0x2010))) + "\u2060\ufeff")
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SESSION_SEGMENT = re.compile(r";jsessionid=[^/;]*", re.I)
_SLASHES = re.compile(r"/{2,}")
_AMP_CACHE_PATH = re.compile(r"/(?:[acvr]|wp)/(?:s/)?([^/]+\..+)")
_AMP_VIEWER_PATH = re.compile(r"/amp/(?:s/)?([^/]+\..+)")
# Only domains that belong to the search engines: anyone can have google.SOMETHING.io, and with it
# the identity of any article.
_AMP_VIEWER_HOST = re.compile(
    r"(?:www\.)?(?:bing\.com|google\.(?:com|[a-z]{2}"
    r"|co\.(?:ao|bw|ck|cr|id|il|in|jp|ke|kr|ls|ma|mz|nz|th|tz|ug|uk|uz|ve|vi|za|zm|zw)"
    r"|com\.(?:af|ag|ai|ar|au|bd|bh|bn|bo|br|bz|co|cu|cy|do|ec|eg|et|fj|gh|gi|gt|hk|jm|kh|kw|lb|ly"
    r"|mm|mt|mx|my|na|ng|ni|np|om|pa|pe|pg|ph|pk|pr|py|qa|sa|sb|sg|sl|sv|tj|tr|tw|ua|uy|vc|vn)))"
)

# RFC 3986: what a path, a query and a fragment may hold as they are; the second pattern of each
# pair finds what has to change.
_PATH_CHANGES = re.compile(r"%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+")
_QUERY_CHANGES = re.compile(r"%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+")
_ILLEGAL = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]#]+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class _Parts(NamedTuple):
    """A URL cut into pieces: scheme and host in canonical form, the rest as written."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    fragment: str | None


def normalize_url(url: str) -> str:
    """The address as an identity: ASCII, idempotent, the same for all spellings of one article.

    Raises ValueError when `url` is not an absolute http or https URL with a valid host, or is
    longer than MAX_URL_LENGTH. Rules: docs/urls.md, after RFC 3986 6.2 and the URL Standard.
    """
    normalised, embedded = _normalize_once(url)
    while embedded is not None:  # an AMP cache; each round is shorter than the one before
        try:
            normalised, embedded = _normalize_once(embedded)
        except ValueError:
            break
    return normalised


def article_id(normalised: str) -> str:
    """The first 32 hex digits of the SHA-256 of a normalised URL."""
    return hashlib.sha256(normalised.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def entry_key(url: str | None, feed_url: str, guid: str | None) -> str:
    """The key of a feed entry; never raises.

    With an http(s) link it is the link's `article_id`, so that the same article from two feeds
    has one key. Without (no link, or one of another scheme) it is a hash of the feed's
    address and the guid, or the unusable link where there is no guid either.
    """
    if url is not None:
        try:
            return article_id(normalize_url(url))
        except ValueError:
            guid = guid or url
    try:
        feed = normalize_url(feed_url)
    except ValueError:
        feed = feed_url.strip()
    # A normalised address has no space in it, so this cannot be the key of an address.
    return article_id(f"{feed} {guid or ''}")


def host_of(url: str) -> str:
    """The host that a request for `url` goes to: lower case, IDNA-encoded, `:port` when it is
    not the scheme's default. Unlike in `normalize_url`, `www.` stays. ValueError as there."""
    parts = _split(url)
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]:
        return parts.host
    return f"{parts.host}:{parts.port}"


def registrable_domain(url: str) -> str | None:
    """The domain someone registered (`example.co.uk` for `www.example.co.uk`), IDNA-encoded.

    From the Public Suffix List that the `tld` package carries, private section included
    (`someone.blogspot.com`). An IP address or a single label such as `localhost` is its own
    domain. None when `url` is no http(s) URL or its host is itself a public suffix.
    """
    try:
        return registered_part(_split(url).host)
    except ValueError:
        return None


def absolute_http_url(base: str | None, link: str) -> str | None:
    """`link` resolved against `base`, ready to be fetched, or None when it leads to no http(s) URL.

    Kept as announced but for what a browser would change too: whitespace around it and line
    breaks inside, the host in ASCII, characters that no URL may hold percent-encoded, user
    and password dropped. An empty link is None.
    """
    link = _clean(link)
    if not link:
        return None
    if base is not None and not _SCHEME.match(link):
        try:
            link = urljoin(_clean(base), link.replace("\\", "/"))
        except ValueError:
            return None
    try:
        parts = _split(link)
    except ValueError:
        return None
    default = parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]
    url = f"{parts.scheme}://{parts.host}" + ("" if default else f":{parts.port}")
    url += _ILLEGAL.sub(_encode, parts.path.replace("\\", "/")) or "/"
    if parts.query is not None:
        url += "?" + _ILLEGAL.sub(_encode, parts.query)
    if parts.fragment:
        url += "#" + _ILLEGAL.sub(_encode, parts.fragment)
    return url if len(url) <= MAX_URL_LENGTH else None


def _normalize_once(url: str) -> tuple[str, str | None]:
    """The normalised URL and, when it is one of an AMP cache, the address inside it."""
    parts = _split(url)
    host = _without_variant(parts.host)
    if parts.port is not None and parts.port not in (80, 443):
        # Both defaults go whatever the scheme: the scheme is no part of the identity.
        host = f"{host}:{parts.port}"
    path = _resolved_path(parts.path)
    query = _normal_query(parts.query) if parts.query else ""
    fragment = parts.fragment or ""
    suffix = f"?{query}" if query else ""
    if fragment.startswith("!") and len(fragment) > 1:  # names a page of its own
        suffix += "#" + _QUERY_CHANGES.sub(_canonical_escape, fragment)
    article_path = _article_path(path)
    normalised = f"https://{host}{article_path}{suffix}"
    if len(normalised) > MAX_URL_LENGTH:
        raise ValueError(f"the address is longer than {MAX_URL_LENGTH} characters")
    embedded = _cached_address(host, article_path) or _viewed_address(host, path)
    return normalised, f"https://{embedded}{suffix}" if embedded else None


def _split(url: str) -> _Parts:
    """Cuts an absolute http(s) URL as browsers do (the URL Standard), or raises ValueError."""
    if len(url) > MAX_URL_LENGTH:
        raise ValueError(f"the address is longer than {MAX_URL_LENGTH} characters")
    match = _URL.fullmatch(_clean(url))
    if match is None:
        raise ValueError(f"not an absolute http(s) URL: {url[:200]!r}")
    scheme, authority, path, query, fragment = match.groups()
    host, port = host_and_port(authority.rpartition("@")[2])
    return _Parts(scheme.lower(), host, port, path, query, fragment)


def _clean(url: str) -> str:
    """Without whitespace and control characters around it and line breaks inside."""
    if not url.isascii():
        url = _SURROGATE.sub("\ufffd", url)
    return _LINE_BREAKS.sub("", url).strip(_EDGE)


def _without_variant(host: str) -> str:
    """The host without `www.` and the labels of mobile and AMP editions."""
    while host.startswith(_VARIANT_HOSTS):
        rest = host.partition(".")[2]
        if "." not in rest:  # www.com, m.se: the label is the name
            break
        host = rest
    return host


def _resolved_path(path: str) -> str:
    """The path with canonical escapes, without dot segments, empty segments, session ids."""
    if "\\" in path:
        path = path.replace("\\", "/")
    path = _PATH_CHANGES.sub(_canonical_escape, path)
    if ";" in path:
        path = _SESSION_SEGMENT.sub("", path)
    if "/." in path:
        path = _without_dot_segments(path)
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path


def _without_dot_segments(path: str) -> str:
    """RFC 3986 5.2.4."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _article_path(path: str) -> str:
    """Without what does not tell articles apart: trailing slash, directory index, AMP marks."""
    while True:
        head, slash, last = path.rpartition("/")
        if not slash:
            break
        if not last or last in _AMP_SEGMENTS or _DIRECTORY_INDEX.fullmatch(last):
            path = head
        elif last.endswith(".amp.html") and len(last) > 9:
            path = f"{path[:-9]}.html"
        elif last.endswith(".amp") and last[:-4].strip("."):  # never back to a dot segment
            path = path[:-4]
        else:
            break
    while path.startswith("/amp/"):
        path = path[4:]
    return path or "/"


def _cached_address(host: str, path: str) -> str | None:
    """`host/path` of the article that an AMP cache holds."""
    if not host.endswith(("cdn.ampproject.org", ".bing-amp.com")):
        return None
    match = _AMP_CACHE_PATH.fullmatch(path)
    return match[1] if match else None


def _viewed_address(host: str, path: str) -> str | None:
    """`host/path` of the article that a search engine's AMP viewer shows."""
    if not path.startswith("/amp/") or not _AMP_VIEWER_HOST.fullmatch(host):
        return None
    match = _AMP_VIEWER_PATH.fullmatch(path)
    return match[1] if match else None


def _normal_query(query: str) -> str:
    """The parameters that tell articles apart, sorted by name; equal names keep their order."""
    parameters: list[tuple[str, str]] = []
    for text in _QUERY_CHANGES.sub(_canonical_escape, query).split("&"):
        while text.startswith("amp;"):  # a feed that escaped "&" twice
            text = text[4:]
        name, _, value = text.partition("=")
        if text and not is_noise(name.lower(), value):
            parameters.append((name, text))
    parameters.sort(key=_name)
    return "&".join(text for _, text in parameters)


def _name(parameter: tuple[str, str]) -> str:
    return parameter[0]


def _canonical_escape(match: re.Match[str]) -> str:
    """RFC 3986 6.2.2: escapes in upper case, none for unreserved characters."""
    text = match[0]
    if text[0] != "%" or len(text) != 3:
        return _encode(match)
    byte = int(text[1:], 16)
    return chr(byte) if byte in _UNRESERVED else text.upper()


def _encode(match: re.Match[str]) -> str:
    return "%" + match[0].encode("utf-8").hex("%").upper()
