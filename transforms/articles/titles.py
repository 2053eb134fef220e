"""The headline, without the name of the site.

A piece of a title is cut only when it *is* a name of the site: a known one (og:site_name,
publisher, feed, domain), compared letter by letter. A dash, a colon or a bar in a headline is
never a reason to cut by itself.
"""

import re
import unicodedata
from collections.abc import Iterable

from transforms.articles.words import words

_SEPARATOR = re.compile(
    r"(\s+(?:[-–—―−|¦·•»«›‹:/~]|::|\|\|)+\s+|\s*[|¦｜»]\s*|[_＿]|\s*[－―—]{1,2}\s*)"
)
_GENERIC_ENDS = words("""com org net news online web html homepage home startseite www""")
_MIN_HEADLINE = 2
MAX_TITLE = 1_000


def fold(text: str) -> str:
    """Letters and digits only, case-folded, compatibility forms unified: for comparison."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def site_names(names: Iterable[str | None], domain: str | None) -> frozenset[str]:
    """The folded names that may stand beside a headline.

    A name counts with and without a domain ending (`Example.org`), and the domain with and
    without its suffix.
    """
    found: set[str] = set()
    for name in [*names, domain]:
        if not name or len(name) > 200:
            continue
        for form in (name, re.sub(r"\.[a-z]{2,6}(?:\.[a-z]{2})?$", "", name.lower())):
            folded = fold(form)
            if len(folded) >= 2:
                found.add(folded)
    return frozenset(found)


def strip_site(title: str, sites: frozenset[str]) -> str:
    """`title` without leading and trailing pieces that name the site.

    Behind the last separator, and repeatedly: "Headline | Politics | Example" loses "Example"
    alone unless "Politics | Example" is a name, too. A headline that would vanish stays.
    """
    if not sites:
        return title
    pieces = _SEPARATOR.split(title)
    start, end = 0, len(pieces)
    while end - start > 2 and _names_site(pieces[end - 1], sites):
        end -= 2
    while end - start > 2 and _names_site(pieces[start], sites):
        start += 2
    kept = "".join(pieces[start:end]).strip()
    return kept if len(fold(kept)) >= _MIN_HEADLINE else title


def _names_site(piece: str, sites: frozenset[str]) -> bool:
    folded = fold(piece)
    if not folded:
        return True
    if folded in sites:
        return True
    words = piece.split()
    while len(words) > 1 and fold(words[-1]) in _GENERIC_ENDS:
        words.pop()
        if fold(" ".join(words)) in sites:
            return True
    return False


def is_site_name(text: str, sites: frozenset[str]) -> bool:
    """Whether a text as a whole is a name of the site (a logo in a heading)."""
    return fold(text) in sites


def shorten(title: str, others: Iterable[str | None]) -> str:
    """`title` cut where another title of the page ends and a separator follows: what comes then
    ("| Sport", "- Latest news") is no part of the headline. A title cut short by its editor's
    system ("...") gives way to the one that it is the beginning of."""
    for other in others:
        if not other or other == title:
            continue
        if title.startswith(other) and len(other) * 2 > len(title):
            if _SEPARATOR.match(title, len(other)):
                return other
        elif title.endswith(("...", "…")):
            stem = title.rstrip(".… ")
            if len(stem) > 20 and other.startswith(stem):
                return other
    return title


def choose_heading(headings: Iterable[str], others: Iterable[str | None]) -> str | None:
    """The `h1` that is the headline: the one that another title of the page begins with or
    contains, else the only one there is."""
    candidates = [heading for heading in headings if len(heading) <= MAX_TITLE]
    folded_others = [fold(other) for other in others if other]
    for heading in candidates:
        folded = fold(heading)
        if len(folded) > _MIN_HEADLINE and any(folded in other for other in folded_others):
            return heading
    return candidates[0] if len(candidates) == 1 else None
