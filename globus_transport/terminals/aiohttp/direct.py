"""Sends a small request on a connection from aiohttp's connector, without its session, which doubles the cost.

aiohttp connects, pools connections, parses responses and keeps the time-outs. This uses parts of aiohttp that are not
documented. If :func:`is_supported` does not find them as expected, requests go through the session.
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

_SPECIAL_HEADERS = frozenset({"host", "content-length", "transfer-encoding"})
_SPECIAL_LENGTHS = frozenset(map(len, _SPECIAL_HEADERS))
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MAX_ORIGINS = 64
_MAX_HEADS = 32


def is_supported() -> bool:
    """Whether the installed aiohttp has the methods that are used here, with the expected parameters."""
    try:
        parameters = inspect.signature(ResponseHandler.set_response_params).parameters
        connect = inspect.signature(aiohttp.BaseConnector.connect).parameters
    except (AttributeError, ValueError):
        return False
    return (
        _response_params(None, 0, False).keys() <= parameters.keys()
        and list(connect) == ["self", "req", "traces", "timeout"]
        and hasattr(ResponseHandler, "start_timeout")
    )


def _response_params(read_timeout: float | None, max_line: int, no_body: bool) -> dict[str, Any]:
    return {
        "timer": _NO_TIMER,
        "skip_payload": no_body,
        "read_until_eof": True,
        "auto_decompress": True,
        "read_timeout": read_timeout,
        "read_bufsize": 1 << 16,
        "max_line_size": max_line,
        "max_field_size": max_line,
    }


_NO_TIMER = TimerNoop()


class DirectReply:
    """A response whose head was read. It has the attributes of ``aiohttp.ClientResponse`` that terminals use."""

    __slots__ = ("_connection", "content", "headers", "reason", "status")

    def __init__(self, connection: Any, message: Any, content: aiohttp.StreamReader) -> None:
        self._connection = connection
        self.status: int = message.code
        self.reason: str = message.reason
        self.headers = message.headers
        self.content = content
        # Releases the connection after the end of the body: at once, if the body has been read already.
        content.on_eof(connection.release)

    async def read(self) -> bytes:
        """The rest of the body."""
        try:
            return await self.content.read()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection. Does nothing after the end of the body."""
        self._connection.close()


class DirectSender:
    """Sends requests on connections from the connector of a session.

    :param limits: time limits of every request
    :param max_line: bytes of a line in the head of a response
    """

    def __init__(self, session: aiohttp.ClientSession, limits: aiohttp.ClientTimeout, max_line: int, loop: Any) -> None:
        assert session.connector is not None
        self._session = session
        self._connector = session.connector
        self._limits = limits
        self._with_body = _response_params(limits.sock_read, max_line, False)
        self._without_body = _response_params(limits.sock_read, max_line, True)
        self._loop = loop
        # For each origin: what the connector needs to connect, and the Host line.
        self._origins: dict[str, tuple[aiohttp.ClientRequest, str]] = {}

    async def send(self, request: Request) -> DirectReply:
        """Send a request, whose body is ``None`` or bytes, and wait for the head of the response.

        :raises aiohttp.ClientError: as aiohttp raises it
        :raises GlobusConnectionError: if the response is not HTTP
        """
        known = self._origins.get(request.url.origin)
        connect_request, host_line = self._add_origin(request.url.origin) if known is None else known
        try:
            connection = await self._connector.connect(connect_request, [], self._limits)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"no connection to {request.url.origin}") from error
        try:
            protocol: Any = connection.protocol
            protocol.set_response_params(**(self._without_body if request.method == "HEAD" else self._with_body))
            if protocol.transport is None:
                # The server closed it right after it was made.
                raise aiohttp.ServerDisconnectedError
            protocol.transport.write(_request_bytes(request, host_line))
            protocol.start_timeout()
            message, content = await protocol.read()
            heads = 1
            while message.code < 200 and message.code != 101:
                # An interim response, such as 103 Early Hints (RFC 9110, section 15.2).
                heads += 1
                if heads > _MAX_HEADS:
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

    def _add_origin(self, origin: str) -> tuple[aiohttp.ClientRequest, str]:
        if len(self._origins) >= _MAX_ORIGINS:
            self._origins.clear()
        # The connector takes from it where to connect to. It is never sent.
        connect_request = aiohttp.ClientRequest("GET", yarl.URL(origin), loop=self._loop, session=self._session)
        self._origins[origin] = entry = (connect_request, f"Host: {origin.partition('://')[2]}\r\n")
        return entry


def _request_bytes(request: Request, host_line: str) -> bytes:
    """The head and the body, as they are sent."""
    body = request.body
    lines = [f"{request.method} {request.url.target} HTTP/1.1\r\n", host_line]
    for name, value in request.headers.pairs:
        # The length is compared first because that is cheap, and excludes most names.
        if len(name) in _SPECIAL_LENGTHS and (lowered := name.lower()) in _SPECIAL_HEADERS:
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
