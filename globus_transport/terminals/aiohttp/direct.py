"""A small request on a connection of aiohttp's connector, past its session, which costs as much again.

Connecting, TLS, the pool, parsing and time-outs are aiohttp's. Where its connections are not as they are known here,
:func:`is_known` says so, and requests go through the session.
"""

from __future__ import annotations

import inspect
from typing import Any

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import TimerNoop
from aiohttp.http_exceptions import HttpProcessingError

from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.messages import Request

_SAID_HERE = frozenset({"host", "content-length", "transfer-encoding"})
_LENGTHS = frozenset(map(len, _SAID_HERE))
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MOST_ORIGINS = 64
_MOST_HEADS = 32


def is_known() -> bool:
    """Whether aiohttp's connections take what is done with them here."""
    try:
        taken = inspect.signature(ResponseHandler.set_response_params).parameters
        connect = inspect.signature(aiohttp.BaseConnector.connect).parameters
    except (AttributeError, ValueError):
        return False
    return (
        _settings(None, 0, False).keys() <= taken.keys()
        and list(connect) == ["self", "req", "traces", "timeout"]
        and hasattr(ResponseHandler, "start_timeout")
    )


def _settings(read_timeout: float | None, longest_line: int, no_body: bool) -> dict[str, Any]:
    return {
        "timer": _NO_TIMER,
        "skip_payload": no_body,
        "read_until_eof": True,
        "auto_decompress": True,
        "read_timeout": read_timeout,
        "read_bufsize": 1 << 16,
        "max_line_size": longest_line,
        "max_field_size": longest_line,
    }


_NO_TIMER = TimerNoop()


class DirectReply:
    """A response whose head was read. What terminals use of aiohttp's own is here under the same names."""

    __slots__ = ("_connection", "content", "headers", "reason", "status")

    def __init__(self, connection: Any, message: Any, content: aiohttp.StreamReader) -> None:
        self._connection = connection
        self.status: int = message.code
        self.reason: str = message.reason
        self.headers = message.headers
        self.content = content
        # When the body has come to its end, which may have been just now.
        content.on_eof(connection.release)

    async def read(self) -> bytes:
        """The rest of the body."""
        try:
            return await self.content.read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection. Harmless after the end of the body."""
        self._connection.close()


class Lane:
    """Sends requests on the connections of a session's connector.

    :param read_timeout: seconds to wait for the server's next bytes
    :param longest_line: bytes of a line of a response's head
    """

    def __init__(
        self, session: aiohttp.ClientSession, limits: aiohttp.ClientTimeout, longest_line: int, loop: Any
    ) -> None:
        assert session.connector is not None
        self._session = session
        self._connector = session.connector
        self._limits = limits
        self._with_body = _settings(limits.sock_read, longest_line, False)
        self._without_body = _settings(limits.sock_read, longest_line, True)
        self._loop = loop
        self._places: dict[str, tuple[aiohttp.ClientRequest, str]] = {}

    async def send(self, request: Request) -> DirectReply:
        """Send a request that has no body, or one of bytes, and wait for the head of the response.

        :raises aiohttp.ClientError: as aiohttp does
        :raises GlobusConnectionError: if what comes is not HTTP
        """
        place = self._places.get(request.url.origin)
        target, host = self._open_place(request.url.origin) if place is None else place
        try:
            connection = await self._connector.connect(target, [], self._limits)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"no connection to {request.url.origin}") from error
        try:
            protocol: Any = connection.protocol
            protocol.set_response_params(**(self._without_body if request.method == "HEAD" else self._with_body))
            if protocol.transport is None:
                # Made, and lost again before anyone came to use it.
                raise aiohttp.ServerDisconnectedError
            protocol.transport.write(_head_of(request, host))
            protocol.start_timeout()
            message, content = await protocol.read()
            heads = 1
            while message.code < 200 and message.code != 101:
                # Early hints and their like: the response is yet to come.
                heads += 1
                if heads > _MOST_HEADS:
                    raise GlobusConnectionError(f"{request!r}: the answer is not HTTP: too many interim responses")
                message, content = await protocol.read()
        except HttpProcessingError as error:
            connection.close()
            raise GlobusConnectionError(
                f"{request!r}: the answer is not HTTP: {error.message!r:.200}", error
            ) from error
        except BaseException:
            connection.close()
            raise
        return DirectReply(connection, message, content)

    def _open_place(self, origin: str) -> tuple[aiohttp.ClientRequest, str]:
        if len(self._places) >= _MOST_ORIGINS:
            self._places.clear()
        url = yarl.URL(origin)
        # The connector reads off it where to connect to.
        target = aiohttp.ClientRequest("GET", url, loop=self._loop, session=self._session)
        self._places[origin] = place = (target, f"Host: {origin.partition('://')[2]}\r\n")
        return place


def _head_of(request: Request, host: str) -> bytes:
    """The request as it goes over the wire, its body included."""
    body = request.body
    lines = [f"{request.method} {request.url.target} HTTP/1.1\r\n", host]
    for name, value in request.headers.pairs:
        # By its length first: nearly no name has one of these.
        if len(name) in _LENGTHS and (lowered := name.lower()) in _SAID_HERE:
            if lowered != "host":
                continue
            lines[1] = ""
        lines.append(f"{name}: {value}\r\n")
    if isinstance(body, bytes):
        lines.append(f"Content-Length: {len(body)}\r\n")
    elif request.method in _EXPECT_A_BODY:
        lines.append("Content-Length: 0\r\n")
    lines.append("\r\n")
    head = "".join(lines).encode()
    return head + body if isinstance(body, bytes) else head
