"""The fetcher: bytes of a repository over our mutual TLS, never more than asked for, and large ones in pieces."""

import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

import urllib3
from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError, SlowRetrievalError
from tuf.ngclient import FetcherInterface

from edge_app.sync.answers import date_of

PIECE = 1024 * 1024
"""Bytes that are asked for at once."""
CHUNK = 64 * 1024
LONGEST = 300.0
"""Seconds for one answer: a server that drips does not hold us."""
OK, PARTIAL = 200, 206
_RANGE = re.compile(r"bytes (\d+)-\d+/")


class Fetcher(FetcherInterface):
    """Fetches by HTTPS; every failure is a DownloadError of tuf."""

    def __init__(self, pool: urllib3.PoolManager) -> None:
        self._pool = pool
        self._answer: urllib3.BaseHTTPResponse | None = None

    @classmethod
    @contextmanager
    def open(cls, context: ssl.SSLContext, *, timeout: float) -> Iterator[Self]:
        """`timeout` is in seconds, for a connection and for each silence."""
        pool = urllib3.PoolManager(
            ssl_context=context,
            retries=False,
            timeout=urllib3.Timeout(connect=timeout, read=timeout),
            headers={"User-Agent": f"zaehlwerk-update/{version('zaehlwerk')}"},
        )
        fetcher = cls(pool)
        try:
            yield fetcher
        finally:
            fetcher._leave()
            pool.clear()

    def _fetch(self, url: str) -> Iterator[bytes]:
        response = self._get(url, {})
        if response.status != OK:
            response.close()
            raise DownloadHTTPError(f"the update server answers {response.status}", response.status)
        return _chunks(response)

    def date_at(self, url: str) -> datetime | None:
        """What the clock of the server says; None where nobody answers."""
        try:
            return date_of(self._get(url, {}).headers)
        except DownloadError:
            return None

    def fetch_piecewise(self, url: str, part: Path, length: int) -> None:
        """Bring a file to its length, beginning where it was left; what is in it is not judged here.

        Raises DownloadError; what came until then stays.
        """
        if part.exists() and part.stat().st_size > length:
            part.unlink()
        while (have := part.stat().st_size if part.exists() else 0) < length:
            last = min(have + PIECE, length) - 1
            response = self._get(url, {"Range": f"bytes={have}-{last}"})
            if response.status == PARTIAL and _begins_at(response, have):
                _append(response, part, "ab", last + 1 - have)
            elif response.status == OK:  # a server that knows no pieces sends all of it
                _append(response, part, "wb", length)
            else:
                response.close()
                raise DownloadHTTPError(f"the update server answers {response.status}", response.status)

    def _get(self, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        self._leave()
        try:
            self._answer = self._pool.request(
                "GET", url, headers={**self._pool.headers, **headers}, preload_content=False, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise _in_words(error) from error
        return self._answer

    def _leave(self) -> None:
        """Leave an answer that nobody reads to its end; tuf drops one that is too long."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None


def _begins_at(response: urllib3.BaseHTTPResponse, have: int) -> bool:
    found = _RANGE.match(response.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == have


def _append(response: urllib3.BaseHTTPResponse, part: Path, mode: str, wanted: int) -> None:
    """Take exactly so many bytes."""
    came = 0
    with part.open(mode) as file:
        for chunk in _chunks(response):
            came += len(chunk)
            if came > wanted:
                raise DownloadLengthMismatchError("the update server sends more than was asked for")
            file.write(chunk)
    if came < wanted:
        raise DownloadError("the update server's answer broke off")


def _chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    until = time.monotonic() + LONGEST
    try:
        for chunk in response.stream(CHUNK, decode_content=False):
            if time.monotonic() > until:
                raise SlowRetrievalError("the update server takes too long")
            yield chunk
    except urllib3.exceptions.HTTPError as error:
        raise _in_words(error) from error
    finally:
        response.close()


def _in_words(error: Exception) -> DownloadError:
    refused = isinstance(error, urllib3.exceptions.NewConnectionError)
    if isinstance(error, urllib3.exceptions.TimeoutError) and not refused:
        return SlowRetrievalError("the update server does not answer in time")
    return DownloadError(f"the update server was not reached ({type(error).__name__})")
