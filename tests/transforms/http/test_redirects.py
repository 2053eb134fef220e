"""Redirects: followed by hand, each hop judged anew."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.transforms.http.asking import POLICY, failure, fetch
from tests.transforms.http.loopback import Loopback, answer, redirect
from transforms.failures import FailureKind


@pytest.fixture
def web() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_recorded(web: Loopback, status: int) -> None:
    there = web.site({"/x/end": answer(b"there")}, host="127.0.0.2")
    site = web.site(
        {"/": redirect("first#part", status), "/first": redirect(f"{there.url}/x/y", status)}
    )
    there.routes = {**there.routes, "/x/y": redirect("./end", status)}
    response = fetch(f"{site.url}/")
    assert response.body == b"there"
    assert response.url == f"{site.url}/"
    assert response.redirects == (f"{site.url}/", f"{site.url}/first", f"{there.url}/x/y")
    assert response.final_url == f"{there.url}/x/end"


def test_a_circle_of_redirects_ends(web: Loopback) -> None:
    site = web.site({"/": redirect("/b"), "/b": redirect("/#again")})
    error = failure(f"{site.url}/")
    assert error.kind is FailureKind.TOO_MANY_REDIRECTS
    assert site.paths() == ["/", "/b"]


def test_an_endless_chain_of_redirects_ends(web: Loopback) -> None:
    site = web.site({f"/{n}": redirect(f"/{n + 1}") for n in range(50)})
    error = failure(f"{site.url}/0", replace(POLICY, max_redirects=3))
    assert error.kind is FailureKind.TOO_MANY_REDIRECTS
    assert site.paths() == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://169.254.169.254/latest/meta-data", FailureKind.FORBIDDEN_ADDRESS),
        ("http://0x7f.1/", FailureKind.FORBIDDEN_ADDRESS),
        ("file:///etc/passwd", FailureKind.BAD_URL),
        ("http://[::1", FailureKind.BAD_URL),
        ("http://\x80\xff.example:0/", FailureKind.BAD_URL),
    ],
)
def test_each_redirect_is_judged_anew(web: Loopback, location: str, kind: FailureKind) -> None:
    site = web.site({"/": redirect(location)})
    error = failure(f"{site.url}/")
    assert error.kind is kind
    assert "redirects to an address that is not asked" in error.message
    assert error.status == 302


def test_a_redirect_without_a_location_is_no_answer(web: Loopback) -> None:
    site = web.site({"/": answer(status=302)})
    assert failure(f"{site.url}/").kind is FailureKind.PROTOCOL_ERROR


def test_a_slow_redirect_chain_shares_the_deadline(web: Loopback) -> None:
    site = web.site({f"/{n}": redirect(f"/{n + 1}") for n in range(9)}, latency=0.2)
    assert failure(f"{site.url}/0", replace(POLICY, timeout=0.5)).kind is FailureKind.TIMEOUT
    assert len(site.requests) == 3
