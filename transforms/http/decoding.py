"""Content codings (RFC 9110 8.4), undone step by step so that a bomb never unfolds.

Every step yields at most a few hundred KiB (zstd: 2 MiB), and the caller counts what it gets:
80 bytes of brotli that stand for 50 MB cost one step beyond the cap, not 50 MB.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

import brotli
import zstandard

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_CODINGS = 2
_STEP = 65_536
_GZIP_START = b"\x1f\x8b"

# A zstd block is at least 4 bytes and unfolds to at most 128 KiB (RFC 8878 3.1.1.2), and
# zstandard's streaming decoder has no output limit, so the limit is on what goes in.
_ZSTD_STEP = 64
# The largest window that HTTP allows for zstd (RFC 9659), which is what the decoder allocates.
_ZSTD_WINDOW = 8 * 1024 * 1024

# Not codings, but what misconfigured servers write; browsers read such bodies as they are.
_NO_CODING = frozenset(["", "identity", "none", "binary", "utf-8", "utf8", "iso-8859-1"])


class DecodingError(ValueError):
    """The body is not what its Content-Encoding says."""


class _Codec(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises DecodingError when the stream has not reached its end."""


class BodyDecoder:
    """Undoes a Content-Encoding header; bytes in by `feed`, bounded pieces out."""

    def __init__(self, content_encoding: str | None) -> None:
        self._codecs = [_make(name) for name in reversed(_codings(content_encoding))]
        self._touched = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces; lazily, so that the caller can stop. Raises DecodingError."""
        self._touched = self._touched or bool(data)
        pieces = iter([data])
        for codec in self._codecs:
            pieces = _through(codec, pieces)
        return pieces

    def finish(self) -> None:
        """Raises DecodingError when the body is cut off. An empty body is whole: servers
        send the header with 204 and with empty pages."""
        if self._touched:
            for codec in self._codecs:
                codec.finish()


def _codings(header: str | None) -> list[str]:
    names = [name.strip().lower() for name in (header or "").split(",")]
    names = [name for name in names if name not in _NO_CODING]
    if len(names) > MAX_CODINGS:
        raise DecodingError(f"{len(names)} content codings, at most {MAX_CODINGS} are undone")
    return names


def _make(name: str) -> _Codec:
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise DecodingError(f"unknown content coding {re.sub('[^a-z0-9_-]', '?', name)[:20]!r}")


def _through(codec: _Codec, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from codec.feed(piece)


def _inflate(inflater: Any, data: bytes) -> Iterator[bytes]:
    while True:
        try:
            piece = inflater.decompress(data, _STEP)
        except zlib.error as error:
            raise DecodingError(str(error)) from error
        if piece:
            yield piece
        data = inflater.unconsumed_tail
        if inflater.eof or (not data and len(piece) < _STEP):
            return


class _Gzip:
    """RFC 1952: one or more members. What follows the last one and is no member is ignored, as
    gzip and browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._held = b""  # one byte that may start another member
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._held = self._held + data, b""
        while data and not self._over:
            if self._member.eof:
                if not _GZIP_START.startswith(data[:2]):
                    self._over = True
                    return
                if len(data) < len(_GZIP_START):
                    self._held = data
                    return
                self._member = zlib.decompressobj(wbits=31)
            yield from _inflate(self._member, data)
            data = self._member.unused_data

    def finish(self) -> None:
        if not self._member.eof:
            raise DecodingError("the gzip stream ends early")


class _Deflate:
    """RFC 9110 says zlib (RFC 1950); some servers send raw DEFLATE, as old browsers wanted it."""

    def __init__(self) -> None:
        self._inflater: Any = None
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._head += data
            if len(self._head) < 2:
                return
            data = self._head
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(wbits=15 if is_zlib else -15)
        if not self._inflater.eof:
            yield from _inflate(self._inflater, data)

    def finish(self) -> None:
        if self._inflater is None or not self._inflater.eof:
            raise DecodingError("the deflate stream ends early")


class _Brotli:
    """RFC 7932. `output_buffer_limit` needs brotli 1.2."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._decoder.is_finished():
            try:
                piece = self._decoder.process(data, output_buffer_limit=_STEP)
            except brotli.error as error:
                raise DecodingError(f"brotli: {error}") from error
            if not piece:
                return
            yield piece
            data = b""  # taken in; the rest of its output comes by asking again

    def finish(self) -> None:
        if not self._decoder.is_finished():
            raise DecodingError("the brotli stream ends early")


class _Zstd:
    """RFC 8878: one or more frames."""

    def __init__(self) -> None:
        self._frame = self._new_frame()

    @staticmethod
    def _new_frame() -> Any:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_STEP):
            part = data[start : start + _ZSTD_STEP]
            while part:
                if self._frame.eof:
                    self._frame = self._new_frame()
                try:
                    piece = self._frame.decompress(part)
                except zstandard.ZstdError as error:
                    raise DecodingError(str(error)) from error
                if piece:
                    yield piece
                part = self._frame.unused_data if self._frame.eof else b""

    def finish(self) -> None:
        if not self._frame.eof:
            raise DecodingError("the zstd stream ends early")
