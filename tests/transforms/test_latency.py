from collections import Counter

from transforms.latency import latency, observed


def test_an_observation_falls_into_one_bucket() -> None:
    assert dict(latency("pages", 500)) == {"latency/pages/0.5": 1, "latency/pages/sum": 500}
    assert dict(latency("pages", 501)) == {"latency/pages/1": 1, "latency/pages/sum": 501}
    assert dict(observed("lag", 1e9, (60, 86_400))) == {"lag/inf": 1, "lag/sum": 10**12}


def test_observations_add_up() -> None:
    total: Counter[str] = Counter()
    for milliseconds in (10, 20, 30_000):
        total.update(dict(latency("feeds", milliseconds)))
    assert total == {"latency/feeds/0.05": 2, "latency/feeds/inf": 1, "latency/feeds/sum": 30_030}
