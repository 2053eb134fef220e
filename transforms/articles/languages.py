"""Language tags as pages write them, made BCP 47 (RFC 5646), or dropped."""

import re

from transforms.articles.words import words

# ISO 639-1, with the codes that it withdrew mapped to those in use.
_TWO_LETTERS = words(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht
    hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la
    lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj
    om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    sh"""
)
_REPLACED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
# ISO 639-2 and 639-3 codes of languages that have two letters, which RFC 5646 asks for.
_THREE_LETTERS = dict(
    pair.split(":")
    for pair in words(
        """
    eng:en deu:de ger:de fra:fr fre:fr ita:it spa:es por:pt nld:nl dut:nl rus:ru ukr:uk pol:pl
    ces:cs cze:cs slk:sk slo:sk hun:hu ron:ro rum:ro bul:bg ell:el gre:el tur:tr ara:ar heb:he
    fas:fa per:fa urd:ur hin:hi ben:bn zho:zh chi:zh jpn:ja kor:ko vie:vi tha:th ind:id msa:ms
    may:ms dan:da swe:sv nor:no nob:nb nno:nn fin:fi est:et lav:lv lit:lt isl:is ice:is cat:ca
    glg:gl eus:eu baq:eu hrv:hr srp:sr bos:bs slv:sl mkd:mk mac:mk sqi:sq alb:sq swa:sw zul:zu
    xho:xh afr:af amh:am som:so tam:ta tel:te mal:ml mar:mr guj:gu kan:kn pan:pa kat:ka geo:ka
    hye:hy arm:hy aze:az kaz:kk uzb:uz bel:be gle:ga cym:cy wel:cy mlt:mt
        """
    )
)
_NO_LANGUAGE = frozenset(["und", "mul", "zxx", "mis"])
_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{3}))?(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-[a-z0-9]{1,8})*)",
    re.I,
)


def normalize_language(text: str | None) -> str | None:
    """The BCP 47 tag of `en_us`, `DE-de`, `eng` or `zh-hans-cn`, in canonical case.

    Language, script and region are kept; extensions and variants are dropped. Of a list
    ("de, en") the first counts. None for what is no language ("x-default", "english", "und").
    """
    if not text:
        return None
    first = re.split(r"[,;\s]+", text.strip()[:100], maxsplit=1)[0]
    match = _TAG.fullmatch(first.replace("_", "-").partition(".")[0])
    if not match:
        return None
    language = match[1].lower()
    language = _THREE_LETTERS.get(language, _REPLACED.get(language, language))
    if language in _NO_LANGUAGE or (len(language) == 2 and language not in _TWO_LETTERS):
        return None
    parts = [language]
    if match[3]:
        parts.append(match[3].capitalize())
    if match[4]:
        parts.append(match[4].upper())
    return "-".join(parts)
