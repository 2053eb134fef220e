import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from transforms.http.decoding import BodyDecoder, DecodingError


def raw_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def decode(data: bytes, coding: str | None, step: int = 7) -> bytes:
    decoder = BodyDecoder(coding)
    pieces = [
        piece
        for start in range(0, len(data), step)
        for piece in decoder.feed(data[start : start + step])
    ]
    decoder.finish()
    return b"".join(pieces)


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(max_size=3000), step=st.integers(1, 4000))
def test_what_was_compressed_comes_back_however_it_is_cut(
    coding: str, data: bytes, step: int
) -> None:
    assert decode(CODINGS[coding](data), coding, step) == data


@given(st.binary(max_size=3000), st.integers(1, 50))
def test_raw_deflate_is_understood_too(data: bytes, step: int) -> None:
    assert decode(raw_deflate(data), "deflate", step) == data


def test_two_chained_codings_are_undone_in_reverse_order() -> None:
    data = b"the news of the day " * 500
    assert decode(brotli.compress(gzip.compress(data)), "gzip, br") == data
    assert decode(gzip.compress(zlib.compress(data)), " Deflate ,GZIP") == data


def test_three_codings_are_refused() -> None:
    with pytest.raises(DecodingError, match="3 content codings"):
        BodyDecoder("gzip, gzip, br")


@pytest.mark.parametrize("name", [None, "", "identity", "utf-8", "UTF-8", "none", "identity,"])
def test_a_header_that_names_no_coding_changes_nothing(name: str | None) -> None:
    assert decode(b"plain text", name) == b"plain text"


def test_an_unknown_coding_is_an_error() -> None:
    with pytest.raises(DecodingError, match="unknown content coding 'compress'"):
        BodyDecoder("compress")


@pytest.mark.parametrize("coding", CODINGS)
def test_an_empty_body_is_whole(coding: str) -> None:
    assert decode(b"", coding) == b""


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_was_cut_is_an_error(coding: str) -> None:
    data = CODINGS[coding](b"some text that is long enough to be cut somewhere " * 20)
    for end in (1, len(data) // 2, len(data) - 1):
        with pytest.raises(DecodingError):
            decode(data[:end], coding)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_is_not_compressed_is_an_error(coding: str) -> None:
    with pytest.raises(DecodingError):
        decode(b"<html>not compressed at all</html>", coding)


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=500))
def test_any_bytes_decode_or_are_a_decoding_error(coding: str, data: bytes) -> None:
    with suppress(DecodingError):
        decode(data, coding, step=64)


def test_members_of_gzip_and_frames_of_zstd_are_joined() -> None:
    parts = [b"first ", b"second ", b"third"]
    for coding in ("gzip", "zstd"):
        for step in (1, 10_000):
            joined = b"".join(map(CODINGS[coding], parts))
            assert decode(joined, coding, step) == b"first second third"


def test_padding_after_gzip_is_ignored() -> None:
    for padding in (b"\0" * 100, b"\x1f", b"\x1fx", b"trailing"):
        for step in (1, 10_000):
            assert decode(gzip.compress(b"text") + padding, "gzip", step) == b"text"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_unfolds_in_small_pieces(coding: str) -> None:
    bomb = CODINGS[coding](bytes(20_000_000))
    pieces = BodyDecoder(coding).feed(bomb)
    sizes = [len(next(pieces)) for _ in range(10)]
    assert max(sizes) <= 2 * 1024 * 1024
    assert sum(sizes) >= 10 * 1024


def test_a_bomb_within_a_bomb_unfolds_in_small_pieces() -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    pieces = BodyDecoder("gzip, gzip").feed(bomb)
    assert all(len(next(pieces)) <= 65_536 for _ in range(10))
