"""Plain text, names and language tags out of what feeds put into their fields."""

import html
import re
from collections.abc import Iterable

from lxml import etree

MAX_MARKUP = 200_000
"""How much of a field, in characters, is looked at to make plain text of it."""

_TERMINAL = re.compile("\x1b\\[[0-9;?]{0,32}[A-Za-z]|\x1b\\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\\\)")
# C0 and C1 controls (whitespace apart), bidirectional embeddings, overrides and isolates, which
# could make a title read as something else, byte order marks, surrogates and noncharacters. The
# joiners U+200C and U+200D and the marks U+200E and U+200F stay: scripts need them.
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_C1 = re.compile("[\x80-\x9f]")

_HTML_ELEMENTS = """
a abbr acronym address area article aside audio b bdi bdo big blink blockquote body br button
caption center cite code col colgroup dd del details dfn dir div dl dt em embed fieldset
figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins
kbd label legend li link main map mark meta nav nobr noscript object ol optgroup option p param
picture pre q rp rt ruby s samp script section select small source span strike strong style sub
summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var
video wbr
"""
HTML_NAMES = frozenset(_HTML_ELEMENTS.split())
_KNOWN = "|".join(sorted(HTML_NAMES))
_FOREIGN = re.compile(rf"<(?!(?:/?(?:{_KNOWN})(?![\w:-])|!--))", re.I)
_ANY_TAG = re.compile(r"<[^<>]{0,4000}>")
_SURELY_MARKUP = re.compile(
    r"</(?:p|a|b|i|em|strong|div|span|ul|li|h[1-6]|blockquote)>|<(?:br|img)[\s/>]", re.I
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = frozenset({"script", "style", "template", "head", "noscript", "iframe", "object"})
_INLINE_NAMES = """
a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark nobr q s samp small span
strike strong sub sup time tt u var wbr ruby rt rp label html body
"""
_INLINE = frozenset(_INLINE_NAMES.split())

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_NAME_WORD = re.compile(r"[^\W\d_][\w'’.\-]*")
_AND = re.compile(r"\s+(?:and|und|et)\s+|\s*&\s+")
_SUBTAG = re.compile(r"[a-z0-9]{1,8}")
_LONG_CODES = """
ara=ar bul=bg cat=ca ces=cs cze=cs dan=da deu=de ger=de ell=el gre=el eng=en est=et eus=eu fas=fa
per=fa fin=fi fra=fr fre=fr heb=he hin=hi hrv=hr hun=hu ind=id ita=it jpn=ja kor=ko lav=lv lit=lt
nld=nl dut=nl nor=no pol=pl por=pt ron=ro rum=ro rus=ru slk=sk slv=sl spa=es srp=sr swe=sv tha=th
tur=tr ukr=uk vie=vi zho=zh chi=zh
"""
_ISO_639_2 = dict(pair.split("=") for pair in _LONG_CODES.split())
_DEPRECATED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx", "x", "i", "root", "none", "all"})


def clean(text: str | None, limit: int) -> str | None:
    """One line of text without control characters, at most `limit` characters, or None."""
    if not text:
        return None
    text = text[:MAX_MARKUP]
    if _C1.search(text):  # windows-1252 taken for Latin-1 somewhere on the way
        text = _C1.sub(_from_windows_1252, text)
    text = _CONTROL.sub("", _TERMINAL.sub("", text))
    return " ".join(text.split())[:limit].rstrip() or None


def plain(text: str | None, is_html: bool, limit: int) -> str | None:
    """The plain text of a field: markup removed, entities decoded, folded as by `clean`.

    What is still escaped after that was escaped twice: entities are decoded once more, and
    markup is removed where a closing tag shows that it is some.
    """
    if not text:
        return None
    text = text[:MAX_MARKUP]
    if is_html:
        text = _without_markup(text)
    if _ENTITY.search(text):
        text = html.unescape(text)
    if _SURELY_MARKUP.search(text):
        text = _without_markup(text)
    return clean(text, limit)


def without_surrogates(text: str) -> str:
    """The text without what could not be encoded: JSON may hold half of a surrogate pair."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def names(authors: Iterable[str | None], limit: int, most: int) -> tuple[str, ...]:
    """Names of people or desks, each once, in order; e-mail addresses are dropped.

    "a@example.org (Anna Rossi)" is Anna Rossi; "Anna Rossi, Luca Bianchi" and "Anna Rossi and
    Luca Bianchi" are two, "Rossi, Anna" is one: a list is split only where every part has two
    to four capitalised words.
    """
    found: dict[str, str] = {}
    for author in authors:
        for part in _parts(_name(plain(author, True, 10 * limit) or "")):
            name = clean(part, limit)
            if name and len(found) < most:
                found.setdefault(name.casefold(), name)
    return tuple(found.values())


def distinct(words: Iterable[str | None], limit: int, most: int) -> tuple[str, ...]:
    """Plain words, each once (whatever its case), in order, without addresses (http://...)."""
    found: dict[str, str] = {}
    for word in words:
        text = plain(word, True, limit)
        if text and "://" not in text and len(found) < most:
            found.setdefault(text.casefold(), text)
    return tuple(found.values())


def language_tag(tag: str | None) -> str | None:
    """A language tag in the form of BCP 47 (`en_us` -> `en-US`), or None where it is none.

    Three-letter codes become two-letter ones where there are such, deprecated ones their
    successors; what follows an ill-formed subtag is dropped.
    """
    if not tag or len(tag) > 64:
        return None
    first, *rest = re.split(r"[-_]", tag.strip().lower())
    first = _ISO_639_2.get(first, _DEPRECATED.get(first, first))
    if not (first.isascii() and first.isalpha() and 2 <= len(first) <= 3) or first in _NO_LANGUAGE:
        return None
    subtags = [first]
    for subtag in rest:
        if not _SUBTAG.fullmatch(subtag):
            break
        if len(subtag) == 4 and subtag.isalpha():
            subtag = subtag.title()
        elif len(subtag) == 2 and subtag.isalpha() and len(subtags[-1]) > 1:
            subtag = subtag.upper()
        subtags.append(subtag)
    while len(subtags[-1]) == 1:  # a singleton that introduces nothing
        subtags.pop()
    return "-".join(subtags)


def _without_markup(text: str) -> str:
    """The text of HTML; `<` that opens no known element is text ("5 < 6", "List<String>")."""
    text = _FOREIGN.sub("&lt;", text)
    if "<" not in text:
        return html.unescape(text)
    parser = etree.HTMLParser()
    try:
        root = etree.HTML(text, parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None or any(e.level_name == "FATAL" for e in parser.error_log):
        return html.unescape(_ANY_TAG.sub(" ", text))
    return "".join(_visible(root))


def _visible(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if not hidden:
                pieces.append(element.tail or "")
        elif event == "start":
            hidden += element.tag in _INVISIBLE
            if not hidden:
                pieces.append("" if element.tag in _INLINE else " ")
                pieces.append(element.text or "")
        else:
            hidden -= element.tag in _INVISIBLE
            if not hidden:
                pieces.append("" if element.tag in _INLINE else " ")
                pieces.append(element.tail or "")
    return pieces


def _from_windows_1252(match: re.Match[str]) -> str:
    return bytes([ord(match[0])]).decode("windows-1252", "ignore")


def _name(author: str) -> str:
    """The name in "mail (Name)", "Name <mail>", "Name (mail)" or "By Name"."""
    author = _ADDRESS.sub("", author).replace("<>", "").replace("()", "").strip()
    if author.startswith("(") and author.endswith(")"):
        author = author[1:-1]
    author = author.removeprefix("mailto:").strip(" ,;:-/|")
    return author[3:] if author[:3].lower() == "by " else author


def _parts(author: str) -> list[str]:
    parts: list[str] = []
    for piece in author.split(";"):
        several = [part for chunk in piece.split(",") for part in _AND.split(chunk)]
        several = [part.strip() for part in several if part.strip()]
        parts.extend(several if all(map(_is_full_name, several)) else [piece])
    return parts


def _is_full_name(text: str) -> bool:
    words = text.split()
    return (
        2 <= len(words) <= 4
        and all(map(_NAME_WORD.fullmatch, words))
        and words[0][0] == words[0][0].upper()
        and words[-1][0] == words[-1][0].upper()
    )
