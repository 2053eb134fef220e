"""What a page allows: price, licence, training of models."""

import re
from typing import Any

from transforms.articles.jsonld import Node, each, links, strings
from transforms.articles.tags import Tags, clean_text
from transforms.elements import Response

_OPT_OUT = re.compile(r"(?:^|[\s,;:])no(?:image)?ai(?:$|[\s,;])", re.I)
_MAX_LICENSE = 500


def is_accessible_for_free(article: Node | None, tags: Tags) -> bool | None:
    """schema.org `isAccessibleForFree`, also as text ("False", "http://schema.org/False"); a part
    that is not free (`hasPart`) makes the whole not free. None when nothing is stated."""
    if article:
        stated = _boolean(article.get("isAccessibleForFree"))
        parts = [
            _boolean(part.get("isAccessibleForFree"))
            for part in each(article.get("hasPart"))
            if isinstance(part, dict)
        ]
        if False in parts:
            return False
        if stated is not None:
            return stated
    for name in ("isaccessibleforfree",):
        for value in [*tags.meta.get(name, ()), *tags.items.get(name, ())]:
            if (stated := _boolean(value)) is not None:
                return stated
    return None


def _boolean(value: Any) -> bool | None:
    for item in each(value):
        if isinstance(item, bool):
            return item
        if isinstance(item, float) and item in (0, 1):
            return bool(item)
        if isinstance(item, str):
            word = item.strip().rpartition("/")[2].lower()
            if word in ("true", "yes", "1"):
                return True
            if word in ("false", "no", "0"):
                return False
    return None


def license_of(article: Node | None, tags: Tags, announced: str | None) -> str | None:
    """The licence as an address or a text: JSON-LD, `rel=license`, the feed."""
    stated = article.get("license") if article else None
    named = [
        text
        for item in each(stated)
        if isinstance(item, dict)
        for text in strings(item.get("name"))
    ]
    candidates = [*links(stated), *named, *tags.links.get("license", ()), *tags.licenses]
    for candidate in [*candidates, announced]:
        text = clean_text(candidate)
        if text and len(text) <= _MAX_LICENSE:
            return text
    return None


def ai_opt_out(tags: Tags, response: Response | None) -> bool | None:
    """Whether the page reserves its use for training models.

    True for `noai` or `noimageai` in robots metas or X-Robots-Tag and for a TDM reservation of 1
    (https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/), in a meta or a
    header. False only where the reservation is 0. None when nothing is stated.
    """
    headers = response.headers if response else ()
    robots = [value for name, value in headers if name == "x-robots-tag"]
    reservations = [value for name, value in headers if name == "tdm-reservation"]
    robots += tags.meta.get("robots", [])
    reservations += tags.meta.get("tdm-reservation", [])
    stated = {value.strip() for value in reservations}
    if "1" in stated or any(_OPT_OUT.search(value) for value in robots):
        return True
    return False if "0" in stated else None
