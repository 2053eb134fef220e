"""From bytes to text: which charset a page or a feed is written in.

The order, for HTML and XML alike:

1. a byte order mark; for XML also the byte pattern of `<` in UTF-16 and UTF-32 (XML 1.0, F.1);
2. the charset of the HTTP header (RFC 7303, WHATWG HTML 13.2.3);
3. the document's own declaration: XML declaration, or HTML `meta` in the first 4096 bytes;
4. UTF-8 where the bytes are valid UTF-8;
5. detection (charset-normalizer) on a bounded sample;
6. windows-1252.

Labels mean what browsers mean by them (WHATWG Encoding: iso-8859-1 is windows-1252); unknown
labels are passed over. The bytes have the last word: a declared legacy charset loses to UTF-8
where the bytes are UTF-8, and a few bad bytes in UTF-8 are replaced, never taken as a sign of
another charset. Everything is linear in the input and no input raises.
"""

import codecs
import re
from dataclasses import dataclass

import webencodings  # type: ignore[import-untyped]
from charset_normalizer import from_bytes

UTF8 = "utf-8"
FALLBACK = "windows-1252"

_PRESCAN_BYTES = 4096
_SAMPLE_BYTES = 8192
_FEW_BAD_BYTES = 3
_FEWEST_HIGH_BYTES = 6  # below that detection is a coin toss: "caf\xe9" is good Polish, too

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_XML_PATTERNS = (
    (b"<\0\0\0", "utf-32le"),
    (b"\0\0\0<", "utf-32be"),
    (b"<\0", "utf-16le"),
    (b"\0<", "utf-16be"),
)
_MULTI_BYTE = frozenset({"gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "iso-2022-jp"})
# What detection may answer, by the name of the Python codec: charsets that the web uses, so that
# stray bytes are not taken for EBCDIC.
_DETECTABLE = {
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp874": "windows-874",
    "iso8859_2": "iso-8859-2",
    "koi8_r": "koi8-r",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp949": "euc-kr",
}

_XML_DECLARATION = re.compile(
    rb"""\s{0,64}<\?xml\s[^>]{0,400}?\bencoding\s{0,16}=\s{0,16}["']\s{0,16}([\w.:-]{1,40})"""
)
_META = re.compile(rb"<meta[\s/][^>]{0,1024}>", re.I)
_ATTRIBUTE = re.compile(
    rb"""([\w-]{1,40})\s{0,16}=\s{0,16}(?:"([^"]{0,400})"|'([^']{0,400})'|([^\s"'>]{1,400}))"""
)
_CHARSET = re.compile(rb"""charset\s{0,16}=\s{0,16}["']?\s{0,16}([\w.:-]{1,40})""", re.I)
_TAG = re.compile(rb"<[^<>]{0,2000}>")
_NON_ASCII = re.compile(rb"[\x80-\xff]+")
_LEAD = re.compile(rb"[\xc2-\xf4]")

# The escape sequences of terminals go as a whole: "\x1b[31m" must not leave "[31m" behind.
_ILLEGAL = re.compile(
    "\x1b\\[[0-9;?]{0,32}[A-Za-z]|[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)
_FORM_FEED = "\x0c"


@dataclass(frozen=True)
class Decoded:
    """A document as text. `text` holds no NUL, no control character but tab, newline and
    carriage return, and no surrogate, so it can always be encoded. `encoding` is the WHATWG name
    (or utf-32le, utf-32be). `warnings`: "charset_conflict" (the bytes contradict what was
    declared), "bad_bytes" (some bytes were replaced by U+FFFD), "charset_guessed"."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode_html(data: bytes, header_charset: str | None) -> Decoded:
    """The text of an HTML page. `header_charset` is the charset of the Content-Type header."""
    marked = _by_mark(data, _BOMS)
    if marked:
        return _finish(*marked)
    prescan = _without_comments(data[:_PRESCAN_BYTES])
    declared = _declared_by_meta(prescan) or _declared_by_xml(prescan)
    return _finish(*_decode(data, header_charset, declared))


def decode_xml(data: bytes, header_charset: str | None) -> Decoded:
    """The text of an XML or JSON document, without the byte order mark; the XML declaration, if
    any, is left in place and no longer to be believed."""
    marked = _by_mark(data, _BOMS) or _by_mark(data, _XML_PATTERNS, skip=False)
    if marked:
        return _finish(*marked)
    return _finish(*_decode(data, header_charset, _declared_by_xml(data[:_PRESCAN_BYTES])))


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header, unquoted, or None (RFC 9110 8.3.1)."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").strip() or None
    return None


def lookup(label: str | None) -> str | None:
    """The WHATWG name of a charset label, or None for an unknown or unsafe one.

    gbk is read as gb18030, its superset. UTF-32 is not in the standard but in XML feeds.
    """
    if not label or len(label) > 40:
        return None
    encoding = webencodings.lookup(label)
    if encoding is None:
        return None
    name = str(encoding.name)
    if name in ("replacement", "x-user-defined"):
        return None
    return "gb18030" if name == "gbk" else name


def _decode(data: bytes, header: str | None, declared: str | None) -> tuple[str, str, set[str]]:
    """The decision for a document without a mark: text, encoding, warnings."""
    labels = [name for name in (lookup(header), lookup(declared)) if name]
    # A document whose declaration could be read byte by byte is not UTF-16, whatever it says.
    labels = [name for name in labels if not name.startswith("utf-16") or _has_nul_pairs(data)]
    chosen = labels[0] if labels else None
    if data.isascii() and chosen != "iso-2022-jp" and not (chosen or "").startswith("utf-16"):
        return data.decode("ascii"), chosen or UTF8, set()
    if chosen in (None, UTF8):
        return _decode_utf8(data, declared=chosen is not None, others=labels[1:])
    if _is_utf8(data) and not _plausible_multi_byte(data, chosen):
        return data.decode(UTF8, "replace"), UTF8, {"charset_conflict"}
    return _decode_legacy(data, chosen)


def _decode_utf8(data: bytes, declared: bool, others: list[str]) -> tuple[str, str, set[str]]:
    """Bytes that should be UTF-8. Bad ones are replaced where they are few beside good ones."""
    text = data.decode(UTF8, "replace")
    bad = text.count("\ufffd")
    if bad == 0 or bad == data.count(b"\xef\xbf\xbd"):
        return text, UTF8, set()
    good = len(_LEAD.findall(data)) - bad
    if good >= bad * 2 or (declared and bad <= _FEW_BAD_BYTES):
        return text, UTF8, {"bad_bytes"}
    conflict = {"charset_conflict"} if declared else set()
    for other in others:
        if other != UTF8:
            text, name, warnings = _decode_legacy(data, other)
            return text, name, warnings | conflict
    return _detect(data, conflict)


def _decode_legacy(data: bytes, name: str) -> tuple[str, str, set[str]]:
    text = data.decode(_codec(name), "replace")
    bad = text.count("\ufffd")
    if bad == 0:
        return text, name, set()
    high = sum(map(len, _NON_ASCII.findall(data)))
    if name in _MULTI_BYTE and bad > _FEW_BAD_BYTES and bad * 10 > high:
        return _detect(data, {"charset_conflict"})
    return text, name, {"bad_bytes"}


def _detect(data: bytes, warnings: set[str]) -> tuple[str, str, set[str]]:
    """Asks charset-normalizer about a sample around the first non-ASCII bytes, markup removed:
    its time grows with the size, and tags are ASCII that says nothing."""
    first = _NON_ASCII.search(data)
    start = max(0, first.start() - 256) if first else 0
    sample = _TAG.sub(b" ", data[start : start + 8 * _SAMPLE_BYTES])[:_SAMPLE_BYTES]
    name = FALLBACK
    if sum(map(len, _NON_ASCII.findall(sample))) >= _FEWEST_HIGH_BYTES:
        best = from_bytes(sample, cp_isolation=list(_DETECTABLE), enable_fallback=False).best()
        name = _DETECTABLE.get(best.encoding, FALLBACK) if best else FALLBACK
    text = data.decode(_codec(name), "replace")
    bad = {"bad_bytes"} if "\ufffd" in text else set()
    return text, name, warnings | bad | {"charset_guessed"}


def _by_mark(
    data: bytes, marks: tuple[tuple[bytes, str], ...], skip: bool = True
) -> tuple[str, str, set[str]] | None:
    for mark, name in marks:
        if data.startswith(mark):
            text = data[len(mark) if skip else 0 :].decode(_codec(name), "replace")
            return text, name, {"bad_bytes"} if "\ufffd" in text else set()
    return None


def _finish(text: str, encoding: str, warnings: set[str]) -> Decoded:
    if _FORM_FEED in text:
        text = text.replace(_FORM_FEED, " ")
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
    return Decoded(text.removeprefix("\ufeff"), encoding, tuple(sorted(warnings)))


def _codec(name: str) -> str:
    """The Python codec of a WHATWG name (shift_jis is cp932, euc-kr is cp949, ...)."""
    if name.startswith("utf-32"):
        return name
    return str(webencodings.lookup(name).codec_info.name)


def _declared_by_xml(start: bytes) -> str | None:
    match = _XML_DECLARATION.match(start)
    return match[1].decode("ascii", "replace") if match else None


def _declared_by_meta(start: bytes) -> str | None:
    for tag in _META.findall(start):
        attributes = {
            name.lower(): (double or single or bare).strip()
            for name, double, single, bare in reversed(_ATTRIBUTE.findall(tag))
        }
        if b"charset" in attributes:
            return str(attributes[b"charset"].decode("ascii", "replace"))
        if attributes.get(b"http-equiv", b"").lower() == b"content-type":
            match = _CHARSET.search(attributes.get(b"content", b""))
            if match:
                return str(match[1].decode("ascii", "replace"))
    return None


def _without_comments(start: bytes) -> bytes:
    """A meta in a comment declares nothing. An open comment hides all that follows."""
    kept: list[bytes] = []
    position = 0
    while (opening := start.find(b"<!--", position)) >= 0:
        kept.append(start[position:opening])
        closing = start.find(b"-->", opening + 2)
        if closing < 0:
            return b"".join(kept)
        position = closing + 3
    kept.append(start[position:])
    return b"".join(kept)


def _is_utf8(data: bytes) -> bool:
    """Valid UTF-8 (a sequence cut off at the end is forgiven) with a multi-byte sequence."""
    try:
        text = codecs.getincrementaldecoder(UTF8)().decode(data)
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _plausible_multi_byte(data: bytes, name: str | None) -> bool:
    """Two East Asian characters can look like valid UTF-8 by chance; three or more do not."""
    if name not in _MULTI_BYTE or len(_LEAD.findall(data)) >= 3:
        return name == "iso-2022-jp"
    try:
        data.decode(_codec(name))
    except UnicodeDecodeError:
        return False
    return True


def _has_nul_pairs(data: bytes) -> bool:
    start = data[:512]
    return start.count(0) * 4 >= len(start) > 0
