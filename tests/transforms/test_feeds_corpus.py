"""The 2,196 feeds, good and broken, of the feed validator's test suite, where they are at hand."""

import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.transforms.test_feeds import document
from transforms.elements import Entry
from transforms.failures import Failure, Settled
from transforms.feeds import parse_feed

CORPUS = Path(__file__).resolve().parents[2] / "../shared/data/feeds/feedvalidator-testcases.tar.gz"


@pytest.mark.skipif(not CORPUS.exists(), reason="the feed validator's test cases are not here")
def test_every_feed_of_the_corpus() -> None:
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            if not member.name.endswith((".xml", ".opml")):
                continue
            file = archive.extractfile(member)
            assert file is not None
            body = file.read()
            start = time.process_time()
            results = list(parse_feed(document(body)))
            slowest = max(slowest, time.process_time() - start)
            outcomes[_outcome(results)] += 1
    assert sum(outcomes.values()) == 2196
    assert slowest < 1
    # Nearly all of the rest is what it should be: maps, feed lists and the like are no feeds, and
    # most test cases are a feed's head alone, or an entry without a link.
    assert outcomes == {
        "entries": 921,
        "only skipped entries": 389,
        "nothing": 545,
        "not_a_feed": 336,
        "malformed_feed": 5,
    }


def _outcome(results: list[Entry | Failure | Settled]) -> str:
    if not results:
        return "nothing"
    if isinstance(results[0], Failure):
        return results[0].kind.value
    found = any(isinstance(result, Entry) for result in results)
    return "entries" if found else "only skipped entries"
