"""Asking with a client that lives for one call."""

import asyncio
from typing import Any

import pytest

from transforms.elements import Response
from transforms.http.client import HttpFetcher
from transforms.http.errors import FetchError
from transforms.http.policy import FetchPolicy

POLICY = FetchPolicy(
    user_agent="newsbeam-test/1.0 (+https://example.org/bot)",
    timeout=2.0,
    max_bytes=100_000,
    allow_private_networks=True,
)


def fetch(*urls: str, policy: FetchPolicy = POLICY, **options: Any) -> Response:
    """The response to the last of `urls`, asked one after the other by one client."""

    async def run() -> Response:
        async with HttpFetcher(policy) as fetcher:
            for url in urls:
                response = await fetcher.fetch(url, **options)
        return response

    return asyncio.run(run())


def failure(url: str, policy: FetchPolicy = POLICY, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, policy=policy, **options)
    assert len(caught.value.message) < 500
    return caught.value
