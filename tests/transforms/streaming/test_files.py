from datetime import datetime, timedelta, timezone

from tests.builders import NOW, RUN, make_article, make_entry
from transforms.failures import FailureKind, fail
from transforms.parquet import Sink
from transforms.records import Recorded, to_record
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA
from transforms.streaming.files import Windows, content_name, unique
from transforms.streaming.timers import window_start


def recorded(url: str, canonical: str | None = None) -> Recorded:
    entry = make_entry(url)
    return Recorded.of(entry.key, to_record(make_article(entry, canonical_url=canonical), RUN))


ONE, OTHER = recorded("https://news.example/1"), recorded("https://news.example/2")
AGAIN = recorded("https://news.example/1?again=1", "https://news.example/1")


def never(identity: str) -> bool:
    return False


def test_windows_count_from_1970() -> None:
    assert window_start(NOW + timedelta(seconds=61), 60.0) == NOW + timedelta(minutes=1)
    assert window_start(NOW, 86_400.0) == datetime(2026, 1, 28, tzinfo=timezone.utc)


def test_a_name_is_a_function_of_window_shard_and_content() -> None:
    name = content_name(NOW, 2, [ONE.record, OTHER.record])
    assert name.startswith("20260128T120000Z-002-")
    assert name == content_name(NOW, 2, [ONE.record, OTHER.record])
    others = [
        content_name(NOW, 2, [ONE.record]),
        content_name(NOW, 1, [ONE.record, OTHER.record]),
        content_name(NOW + timedelta(minutes=1), 2, [ONE.record, OTHER.record]),
        content_name(NOW, 2, [{**ONE.record, "title": "Another"}, OTHER.record]),
    ]
    assert len({name, *others}) == 5


def test_rows_are_in_an_order_of_their_own_and_each_article_is_there_once() -> None:
    kept, settled, keys = unique([AGAIN, OTHER, ONE], never)
    assert kept == unique([OTHER, ONE, AGAIN], never)[0]
    assert [each.article_id for each in kept] == sorted({ONE.article_id, OTHER.article_id})
    first = next(each for each in kept if each.article_id == ONE.article_id)
    assert len(first.record["feeds"]) == 2
    assert sorted(keys) == sorted(each.entry_key for each in (ONE, OTHER, AGAIN))
    assert sum(each.entries for each in settled) == 1
    assert sum(len(each.record["feeds"]) for each in kept) == 3


def test_what_the_dataset_has_is_left_out() -> None:
    kept, settled, keys = unique([ONE, OTHER], lambda identity: identity == ONE.article_id)
    assert kept == [OTHER]
    assert [(each.status, each.entries, each.entry_key) for each in settled] == [
        ("duplicate", 1, ONE.entry_key)
    ]
    assert len(keys) == 2


def test_an_article_is_always_in_the_same_shard() -> None:
    articles = Sink("out", "articles", RUN, RECORD_SCHEMA)
    windows = Windows(articles, Sink("out", "failures", RUN, FAILURE_SCHEMA), 60.0, 1.0, shards=7)
    assert windows.shard_of(ONE) == windows.shard_of(AGAIN)
    failure = fail("FetchPages", FailureKind.NOT_FOUND, "404", make_entry())
    assert windows.shard_of(failure).startswith("failures/")
    several = {windows.shard_of(recorded(f"https://news.example/{n}")) for n in range(50)}
    assert several == {f"articles/{shard}" for shard in range(7)}
