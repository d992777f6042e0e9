"""Compresses large JSON bodies for services that accept compressed requests."""

from __future__ import annotations

import gzip

import attrs

from globus_transport.core.flow import Flow, Run, read_bounded
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number

_MAX_ORIGINS = 256


class CompressBodies:
    """Send large JSON bodies with ``Content-Encoding: gzip`` (RFC 9110, section 8.4).

    A service that does not accept them answers with status 415 (section 15.5.16) before it processes the request. Then
    the layer sends the request again without compression. If that succeeds, it sends no compressed body to the origin
    from then on. After any other status the request is not sent again. Place it near the bottom of the stack, so that
    the layers above see the uncompressed body::

        client = client.with_stack(client.stack.add(CompressBodies()))

    :param minimum: size in bytes from which a body is compressed
    :param level: 1 (fast) to 9 (small)
    :raises GlobusSDKUsageError: if a number is out of range
    """

    def __init__(self, minimum: int = 16_384, *, level: int = 6) -> None:
        if not is_number(minimum, at_least=0):
            raise GlobusSDKUsageError(f"CompressBodies(minimum={minimum!r}): give 0 or more bytes")
        if not is_number(level, at_least=1) or level not in range(1, 10):
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
        # Compression of a large body would block the event loop.
        compressed = yield Run(self._compress, body)
        was_compressed = len(compressed) < len(body)
        if was_compressed:
            headers = request.headers.without("Content-Length").with_header("Content-Encoding", "gzip")
            response = yield attrs.evolve(request, body=compressed, headers=headers)
            if response.status != 415:
                return response
            yield from read_bounded(response)
        response = yield request
        # A second 415 is about the content type, not about gzip.
        if was_compressed and response.status != 415:
            self._stop_compressing(request.url.origin)
        return response

    def _may_compress(self, request: Request) -> bool:
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        is_json = media_type == "application/json" or media_type.endswith("+json")
        return is_json and "Content-Encoding" not in request.headers and request.url.origin not in self._refusing

    def _compress(self, body: bytes) -> bytes:
        # Without a time stamp the same body gives the same bytes.
        return gzip.compress(body, self.level, mtime=0)

    def _stop_compressing(self, origin: str) -> None:
        # Not locked: if two threads assign at once, one origin may be lost. It then refuses one more request.
        if len(self._refusing) < _MAX_ORIGINS:
            self._refusing |= {origin}

    def __str__(self) -> str:
        return f"gzip for JSON from {self.minimum} bytes"
