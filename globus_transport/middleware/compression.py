"""Compresses large JSON bodies for services that take them so."""

from __future__ import annotations

import gzip

import attrs

from globus_transport.core.flow import Flow, Run, read_bounded
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response

_MOST_ORIGINS = 256


class CompressBodies:
    """Send large JSON bodies with ``Content-Encoding: gzip`` (RFC 9110, section 8.4).

    A service that does not take that says so with status 415 (section 15.5.16), before it did anything: then the
    request is sent again as it was, and if that is taken the origin gets no compressed body any more. No other status
    is a reason to send it again. Stands near the bottom of the stack, so that the layers above see the body that the
    program wrote::

        client = client.with_stack(client.stack.add(CompressBodies()))

    :param minimum: bytes from which a body is compressed
    :param level: 1 (fast) to 9 (small)
    :raises GlobusSDKUsageError: if a number is out of its range
    """

    def __init__(self, minimum: int = 16_384, *, level: int = 6) -> None:
        if minimum < 0:
            raise GlobusSDKUsageError(f"CompressBodies(minimum={minimum!r}): give a number of bytes")
        if level not in range(1, 10):
            raise GlobusSDKUsageError(f"CompressBodies(level={level!r}): give a number from 1 to 9")
        self.minimum = minimum
        self.level = level
        self._refusing: frozenset[str] = frozenset()

    def __call__(self, request: Request) -> Flow:
        body = request.body
        response: Response
        if type(body) is not bytes or len(body) < self.minimum or not self._may_compress(request):
            response = yield request
            return response
        # In a worker thread under asyncio: ten megabytes take half a second.
        smaller = yield Run(self._compressed, body)
        refused = len(smaller) < len(body)
        if refused:
            headers = request.headers.without("Content-Length").with_header("Content-Encoding", "gzip")
            response = yield attrs.evolve(request, body=smaller, headers=headers)
            if response.status != 415:
                return response
            yield from read_bounded(response)
        response = yield request
        # If the document itself is of a kind that it does not take, that says nothing about gzip.
        if refused and response.status != 415:
            self._remember(request.url.origin)
        return response

    def _may_compress(self, request: Request) -> bool:
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        is_json = kind == "application/json" or kind.endswith("+json")
        return is_json and "Content-Encoding" not in request.headers and request.url.origin not in self._refusing

    def _compressed(self, body: bytes) -> bytes:
        # No time in it: the same body gives the same bytes.
        return gzip.compress(body, self.level, mtime=0)

    def _remember(self, origin: str) -> None:
        # One assignment: two that come at once may forget one, which is then asked once more.
        if len(self._refusing) < _MOST_ORIGINS:
            self._refusing |= {origin}

    def __str__(self) -> str:
        return f"gzip for JSON from {self.minimum} bytes"
