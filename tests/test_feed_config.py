"""config/feeds.yaml is what its head says; which of its feeds answer, only a run can tell."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from pipelines.configuration import load_configuration
from transforms.elements import Feed
from transforms.urls import article_id, normalize_url, registrable_domain

PATH = Path(__file__).resolve().parents[1] / "config" / "feeds.yaml"

TAGS = {"world", "national", "regional", "politics", "business", "science", "technology"}
TAGS |= {"culture", "sport"}
AGGREGATORS = {"google.com", "yahoo.com", "msn.com", "allafrica.com", "wn.com", "flipboard.com"}

# ISO 3166-1 alpha-2, officially assigned.
COUNTRIES = set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905
)

# Primary language subtags of the IANA registry (RFC 5646): ISO 639-1 and the longer ones in use.
LANGUAGES = set(
    """
    aa ab af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
    id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
    lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn nr nv ny oc oj om or os pa pi pl ps
    pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl
    tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu cnr fil pcm tet
    """.split()  # noqa: SIM905
)
SCRIPTS = {"Hans", "Hant", "Latn", "Cyrl"}


@pytest.fixture(scope="module")
def feeds() -> list[Feed]:
    return list(load_configuration(str(PATH)).feeds)


def test_breadth(feeds: list[Feed]) -> None:
    assert len(feeds) >= 150
    assert len({feed.country for feed in feeds}) >= 50
    assert len({(feed.language or "").partition("-")[0] for feed in feeds}) >= 30


def test_every_feed_is_described(feeds: list[Feed]) -> None:
    for feed in feeds:
        assert feed.name, feed.url
        assert feed.country in COUNTRIES, feed.url
        assert feed.tags, feed.url
        assert set(feed.tags) <= TAGS, feed.url
        assert len(feed.tags) == len(set(feed.tags)), feed.url


def test_languages_are_bcp_47(feeds: list[Feed]) -> None:
    for feed in feeds:
        language, *rest = (feed.language or "").split("-")
        assert language in LANGUAGES, feed.url
        assert len(rest) <= 1, feed.url
        assert set(rest) <= SCRIPTS | COUNTRIES, feed.url


def test_no_feed_twice(feeds: list[Feed]) -> None:
    addresses = Counter(article_id(normalize_url(feed.url)) for feed in feeds)
    assert [feed.url for feed in feeds if addresses[article_id(normalize_url(feed.url))] > 1] == []
    # The loader drops repeated addresses, so the file itself is counted, too.
    assert len(yaml.safe_load(PATH.read_text(encoding="utf-8"))["feeds"]) == len(feeds)
    names = Counter((feed.name, feed.country) for feed in feeds)
    assert [name for name, count in names.items() if count > 1] == []


def test_addresses(feeds: list[Feed]) -> None:
    assert sum(feed.url.startswith("https://") for feed in feeds) >= 0.95 * len(feeds)
    assert not {registrable_domain(feed.url) for feed in feeds} & AGGREGATORS
    assert all(feed.url.isascii() for feed in feeds)


def test_countries_are_grouped() -> None:
    """A country's feeds stand together, so that they can be deleted together."""
    countries = [feed["country"] for feed in yaml.safe_load(PATH.read_text("utf-8"))["feeds"]]
    changes = [b for a, b in zip([None, *countries], countries, strict=False) if a != b]
    assert len(changes) == len(set(changes))
