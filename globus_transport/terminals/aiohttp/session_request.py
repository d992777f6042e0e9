"""Sends one request through an ``aiohttp.ClientSession``, without what a session adds to requests by itself."""

from __future__ import annotations

from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl

from globus_transport.http.headers import Pair
from globus_transport.http.messages import Request
from globus_transport.terminals.aiohttp.bodies import Upload
from globus_transport.terminals.aiohttp.errors import to_globus_error
from globus_transport.terminals.aiohttp.secrets import hide_secrets

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

#: Bytes of a line in the head of a response. aiohttp's default, 8190, is too short for some services.
MAX_HEAD_LINE = 1 << 16
# The methods for which aiohttp adds a Content-Type if there is none.
_METHODS_WITH_TYPE = frozenset({"POST", "PUT", "PATCH"})
# Headers that describe the session itself, and its credentials, which it would send to every origin.
_NOT_FROM_SESSION = frozenset({"user-agent", "accept-encoding", "accept", "connection", "authorization", "cookie"})


async def send_through_session(
    session: aiohttp.ClientSession, request: Request, body: bytes | Upload | None, limits: aiohttp.ClientTimeout
) -> ClientResponse:
    """Send the request once, and wait for the head of the response.

    :raises aiohttp.ClientError: as aiohttp raises it
    :raises NetworkError: if the connection broke
    """
    extra_headers = [pair for pair in session.headers.items() if pair[0].lower() not in _NOT_FROM_SESSION]
    # Those that are passed to request() replace the session's own, which nothing public tells.
    session_middlewares: tuple[ClientMiddlewareType, ...] = tuple(getattr(session, "_middlewares", ()))

    async def send_once(prepared: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        _set_headers(prepared.headers, request, extra_headers)
        try:
            reply = await handler(prepared)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            # aiohttp would repeat a request with an idempotent method after its own exception.
            raise to_globus_error(request, error, limits, body.failure if isinstance(body, Upload) else None) from error
        if "Set-Cookie" in reply.headers:
            # Keeps them out of the session's cookie jar. They stay in the headers of the response.
            reply.cookies = SimpleCookie()
        return reply

    adds_type = request.method in _METHODS_WITH_TYPE and "content-type" not in request.headers
    return await session.request(
        request.method,
        yarl.URL(str(request.url), encoded=True),
        data=body,
        allow_redirects=False,
        raise_for_status=False,
        timeout=limits,
        auto_decompress=True,
        max_line_size=MAX_HEAD_LINE,
        max_field_size=MAX_HEAD_LINE,
        middlewares=(send_once, *session_middlewares),
        skip_auto_headers=("Content-Type",) if adds_type else None,
    )


def _set_headers(headers: Any, request: Request, extra_headers: Sequence[Pair]) -> None:
    """Replace the headers by those of the request and the extra ones.

    :param headers: aiohttp's, with its defaults, of which only Host, Content-Length and Transfer-Encoding are kept
    """
    length, coding, host = headers.get("Content-Length"), headers.get("Transfer-Encoding"), headers["Host"]
    headers.clear()
    headers.extend(hide_secrets(request.headers.pairs))
    if "Host" not in headers:
        pairs = [("Host", host), *headers.items()]
        headers.clear()
        headers.extend(pairs)
    for name, value in hide_secrets(extra_headers):
        headers.setdefault(name, value)
    for name, value in (("Content-Length", length), ("Transfer-Encoding", coding)):
        if value is not None:
            headers[name] = value
        elif name in headers:
            headers.popall(name)
