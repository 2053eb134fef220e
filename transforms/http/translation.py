"""Exceptions of aiohttp, ssl and the operating system as FetchErrors."""

import asyncio
import socket
import ssl
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from transforms.failures import FailureKind
from transforms.http.errors import FetchError

# In this order: aiohttp's TLS and DNS errors are connection errors and OSErrors too, and on
# Python 3.11+ a time-out is an OSError.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], FailureKind, str], ...] = (
    (
        (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch, ssl.SSLError),
        FailureKind.TLS_ERROR,
        "no secure connection; the certificate or the TLS set-up of the server is wrong, or this "
        "machine lacks its CA",
    ),
    (
        (aiohttp.ClientConnectorDNSError, socket.gaierror),
        FailureKind.DNS_ERROR,
        "the name does not resolve; check the host and this machine's DNS",
    ),
    (
        (aiohttp.InvalidURL, UnicodeError),
        FailureKind.BAD_URL,
        "not a URL that can be asked; check it",
    ),
    (
        (
            aiohttp.ClientPayloadError,
            aiohttp.ClientResponseError,
            HttpProcessingError,
            ValueError,
        ),
        FailureKind.PROTOCOL_ERROR,
        "the answer is not valid HTTP or was cut off; the fault is the server's",
    ),
    (
        (asyncio.TimeoutError, TimeoutError),
        FailureKind.TIMEOUT,
        "no answer in time; the server hangs or is slow",
    ),
    (
        (aiohttp.ClientConnectionError, OSError),
        FailureKind.CONNECTION_ERROR,
        "no connection, or it broke; the server is down or turns us away",
    ),
    ((aiohttp.ClientError,), FailureKind.PROTOCOL_ERROR, "the exchange failed"),
)


def translate(error: Exception, label: str) -> FetchError:
    """The FetchError that says what `error` means; INTERNAL_ERROR for what is not known."""
    kind, meaning = _classify(error)
    detail = " ".join(str(error).split())[:160]
    return FetchError(kind, f"{label}: {meaning} ({type(error).__name__}: {detail})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield error


def _classify(error: Exception) -> tuple[FailureKind, str]:
    if isinstance(error.__cause__, ssl.SSLError):  # wrapped as a plain ClientOSError
        return _KINDS[0][1:]
    if any(isinstance(cause, LineTooLong) for cause in _causes(error)):
        return FailureKind.TOO_LARGE, "a header longer than any honest one"
    for types, kind, meaning in _KINDS:
        if isinstance(error, types):
            return kind, meaning
    return FailureKind.INTERNAL_ERROR, "an error that newsbeam does not know"
