"""transforms.urls: what must hold of any text."""

import re
import string

from hypothesis import example, given
from hypothesis import strategies as st

from transforms.urls import (
    absolute_http_url,
    entry_key,
    host_of,
    normalize_url,
    registrable_domain,
)

_label = st.from_regex(r"[a-z]([a-z0-9]{0,6}[a-z0-9])?", fullmatch=True).filter(
    lambda label: label not in {"www", "m", "mobile", "amp", "google", "bing", "cdn"}
)
_hosts = st.lists(_label, min_size=2, max_size=4).map(".".join)
_segment = st.text(string.ascii_letters + string.digits + "-_.~%é漢 /", max_size=8)
_paths = st.lists(_segment, max_size=4).map(lambda segments: "/" + "/".join(segments).rstrip())
_parameters = st.lists(
    st.tuples(st.sampled_from(["id", "p", "story", "page", "q"]), st.text(max_size=4)),
    max_size=3,
    unique_by=lambda parameter: parameter[0],
).map(lambda pairs: [f"{k}={re.sub('[&#]', '', v)}." for k, v in pairs])
_tracking = st.sampled_from(
    ["utm_source", "utm_x", "fbclid", "gclid", "at_custom1", "ns_fee", "xtor", "mc_eid", "CMP"]
)
_PIECES = re.findall(
    r"\S+",
    r"http:// https:// // / \ ? # #! & = ; % %2e %41 %c3 . .. @ : [ ] www. m. amp. amp /amp "
    "/amp/s/ /c/s/ /c/ cdn.ampproject.org x.cdn.ampproject.org google.com example.org index.html "
    ".amp .amp.html &amp; amp= ;jsessionid= ü xn-- ref=rss \u200b \ud800 utm_a=",
)
_wild = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=12).map(
        lambda pieces: "https://" + "".join(pieces)
    ),
)


@st.composite
def _addresses(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    return draw(_hosts), draw(_paths), draw(_parameters)


def _join(host: str, path: str, parameters: list[str]) -> str:
    return f"https://{host}{path}" + ("?" + "&".join(parameters) if parameters else "")


@given(_wild)
@example("https://cdn.ampproject.org/amp/c/s/example.org/amp")
@example("https://google.com/amp/amp/s/example.org")
@example("https://www.amp.www.example.org/amp/amp/index.html/amp//")
@example("https://example.org/;jsessionid=1/..;jsessionid=2/%2e")
@example("https://example.org/%%36%31")
@example("https://example.org/..amp")
def test_any_text_gives_a_stable_ascii_address_or_value_error(text: str) -> None:
    try:
        normal = normalize_url(text)
    except ValueError:
        return
    assert normal.isascii()
    assert not re.search(r"\s", normal)
    assert normal.startswith("https://")
    assert normalize_url(normal) == normal
    assert host_of(text).isascii()
    assert registrable_domain(text) is None or registrable_domain(text).isascii()


@given(st.one_of(st.none(), _wild), _wild)
def test_any_link_gives_an_address_that_can_be_fetched_or_none(base: str | None, link: str) -> None:
    url = absolute_http_url(base, link)
    if url is not None:
        assert re.fullmatch(r"https?://[!-~]+", url)
        assert absolute_http_url(None, url) == url
        normalize_url(url)


@given(st.one_of(st.none(), _wild), _wild, st.one_of(st.none(), _wild))
def test_any_entry_has_a_key(url: str | None, feed_url: str, guid: str | None) -> None:
    assert re.fullmatch("[0-9a-f]{32}", entry_key(url, feed_url, guid))


@given(_addresses(), st.data())
def test_noise_changes_nothing(address: tuple[str, str, list[str]], data: st.DataObject) -> None:
    host, path, parameters = address
    plain = normalize_url(_join(host, path, parameters))
    noise = data.draw(
        st.lists(st.builds("{}={}".format, _tracking, st.from_regex(r"\w*", fullmatch=True)))
    )
    noisy = data.draw(st.permutations(parameters + noise))
    scheme = data.draw(st.sampled_from(["HTTP", "https", "Https"]))
    port = data.draw(st.sampled_from(["", ":80", ":443", ":"]))
    host = data.draw(st.sampled_from([host.upper(), f"www.{host}", f"{host}.", f"u:p@{host}"]))
    hexed = re.sub("%[0-9A-Fa-f]{2}", lambda match: match[0].swapcase(), path)
    query = "?" + "&".join(noisy)
    fragment = data.draw(st.sampled_from(["", "#", "#top", "#:~:text=a"]))
    assert normalize_url(f"{scheme}://{host}{port}{hexed}{query}{fragment}") == plain


@given(st.text("abcxyzàéüøłñçабвгдежαβγδ漢字", min_size=1, max_size=10))
def test_idn_forms_agree(label: str) -> None:
    normal = normalize_url(f"https://{label}.example/")
    punycode = normal.removeprefix("https://").removesuffix("/")
    assert normalize_url(f"https://{label.upper()}.example/") == normal
    assert normalize_url(f"http://www.{punycode.upper()}/") == normal


@given(
    _hosts,
    st.lists(st.integers(0, 10**9), min_size=2, max_size=2, unique=True),
    st.sampled_from(["/news/{}", "/{}.html", "/{}/amp", "/?p={}", "/a?id={}", "/a?x=1&story={}"]),
)
def test_different_numbers_are_different_articles(host: str, ids: list[int], form: str) -> None:
    one, other = (normalize_url(f"https://{host}{form.format(number)}") for number in ids)
    assert one != other
