import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.elements import FeedHints
from transforms.feeds.hints import MAX_HEAD_BYTES, feed_hints

RSS = "<rss><channel><title>T</title>%s<item><title>x</title>%s</item></channel></rss>"


def hints(channel: str, entry: str = "") -> FeedHints:
    return feed_hints((RSS % (channel, entry)).encode())


@pytest.mark.parametrize(
    ("markup", "seconds"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ("<ttl> 5\n</ttl >", 300.0),
        ("<TTL>1</TTL>", 60.0),
        ("<ttl>0</ttl>", 0.0),
        ("<ttl>-5</ttl>", None),
        ("<ttl>an hour</ttl>", None),
        ("<ttl></ttl>", None),
        ("<ttl>99999999</ttl>", None),
        ("<subttl>60</subttl>", None),
        ("", None),
    ],
)
def test_ttl_is_in_minutes(markup: str, seconds: float | None) -> None:
    assert hints(markup).ttl == seconds


@pytest.mark.parametrize(
    ("markup", "seconds"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600.0),
        ("<sy:updatePeriod> Daily </sy:updatePeriod>", 86_400.0),
        ("<syn:updatePeriod>weekly</syn:updatePeriod>", 604_800.0),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            21_600.0,
        ),
        (
            "<sy:updateFrequency>2</sy:updateFrequency><sy:updatePeriod>hourly</sy:updatePeriod>",
            1800.0,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            3600.0,
        ),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<sy:updateFrequency>2</sy:updateFrequency>", None),
    ],
)
def test_the_syndication_module(markup: str, seconds: float | None) -> None:
    assert hints(markup).update_period == seconds


def test_skipped_hours_and_days() -> None:
    found = hints(
        "<skipHours><hour>0</hour><hour>7</hour><hour> 23 </hour><hour>24</hour><hour>25</hour>"
        "<hour>x</hour></skipHours>"
        "<skipDays><day>Saturday</day><day> sunday </day><day>Caturday</day></skipDays>"
    )
    assert found.skip_hours == {0, 7, 23}, "RSS 0.91 counts from 1 to 24"
    assert found.skip_days == {5, 6}


def test_what_an_entry_holds_is_no_hint() -> None:
    assert hints("", "<ttl>60</ttl><hour>3</hour>") == FeedHints()
    atom = b"<feed><title>T</title><entry><ttl>60</ttl></entry></feed>"
    assert feed_hints(atom) == FeedHints()


def test_a_list_of_entries_is_no_entry() -> None:
    rdf = (
        b"<rdf:RDF><channel><items><rdf:Seq/></items><sy:updatePeriod>hourly</sy:updatePeriod>"
        b"</channel><item/></rdf:RDF>"
    )
    assert feed_hints(rdf).update_period == 3600.0


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b'{"version": "https://jsonfeed.org/version/1.1"}', b"<ttl>", b"\xff\xfe<\x00"],
)
def test_no_hints(document: bytes) -> None:
    assert feed_hints(document) == FeedHints()


def test_broken_xml_and_other_encodings_keep_their_hints() -> None:
    assert feed_hints(b"<rss><channel><title>\xe9 & <ttl>5</ttl>").ttl == 300.0


@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [b"<ttl>", b"</ttl>", b"<hour>", b"</hour>", b"<day>", b"</day>", b"<sy:updatePeriod>",
             b"</", b" ", b"7", b"monday", b"hourly", b"<item ", b"\xff"]
        )
    ).map(b"".join)
)  # fmt: skip
def test_any_bytes_give_hints_within_their_bounds(document: bytes) -> None:
    found = feed_hints(document)
    assert found.ttl is None or 0 <= found.ttl < 1e9
    assert found.update_period is None or 0 < found.update_period <= 365 * 86_400
    assert found.skip_hours <= set(range(24))
    assert found.skip_days <= set(range(7))


@pytest.mark.parametrize(
    "piece",
    [b"<ttl ", b"<ttl>", b"<hour>", b"<day>" + b" " * 50, b"<a:updatePeriod>", b"<aaaaaaaaa", b" "],
)
def test_hostile_documents_take_no_time(piece: bytes) -> None:
    document = b"<ttl>" + piece * (4 * MAX_HEAD_BYTES // len(piece))
    start = time.perf_counter()
    feed_hints(document)
    assert time.perf_counter() - start < 0.5
