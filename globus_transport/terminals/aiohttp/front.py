"""One request through an ``aiohttp.ClientSession`` that is to add nothing of its own."""

from __future__ import annotations

from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl

from globus_transport.http.headers import Pair
from globus_transport.http.messages import Request
from globus_transport.terminals.aiohttp.bodies import Upload
from globus_transport.terminals.aiohttp.errors import mapped
from globus_transport.terminals.aiohttp.secrets import secrets_hidden

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

#: Bytes of a line of a response's head. Some services have long ones; aiohttp's own limit is 8190.
LONGEST_LINE = 1 << 16
# aiohttp gives a body a type of its own if it has none.
_NO_TYPE = ("Content-Type",)
_WITH_TYPE = frozenset({"POST", "PUT", "PATCH"})


async def through(
    session: aiohttp.ClientSession,
    request: Request,
    body: bytes | Upload | None,
    limits: aiohttp.ClientTimeout,
    added: Sequence[Pair] = (),
    further_in: tuple[ClientMiddlewareType, ...] = (),
    **options: Any,
) -> ClientResponse:
    """Send the request, once.

    :param added: headers that are sent besides, if the request does not bring them
    :param further_in: the session's own middlewares
    :param options: of aiohttp, for this request
    :raises aiohttp.ClientError: as aiohttp does
    :raises NetworkError: if the connection broke
    """

    async def send_once(prepared: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        _put_headers(prepared.headers, request, added)
        try:
            reply = await handler(prepared)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            # aiohttp would take these for a reason to send a request of an idempotent method again.
            raise mapped(request, error, limits, body.failure if isinstance(body, Upload) else None) from error
        if "Set-Cookie" in reply.headers:
            # Else the session's jar would keep them. They stay in the reply's headers.
            reply.cookies = SimpleCookie()
        return reply

    if request.method in _WITH_TYPE and "content-type" not in request.headers:
        options["skip_auto_headers"] = _NO_TYPE
    return await session.request(
        request.method,
        yarl.URL(str(request.url), encoded=True),
        data=body,
        allow_redirects=False,
        raise_for_status=False,
        timeout=limits,
        auto_decompress=True,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        middlewares=(send_once, *further_in),
        **options,
    )


def _put_headers(headers: Any, request: Request, added: Sequence[Pair]) -> None:
    """Make the headers those of the request.

    :param headers: aiohttp's, with its own defaults. Kept of them is how the body is framed, and the host
    :param added: what is sent besides, if the request does not bring it
    """
    length, coding, host = headers.get("Content-Length"), headers.get("Transfer-Encoding"), headers["Host"]
    headers.clear()
    headers.extend(secrets_hidden(request.headers.pairs))
    if "Host" not in headers:
        pairs = [("Host", host), *headers.items()]
        headers.clear()
        headers.extend(pairs)
    for name, value in secrets_hidden(added):
        headers.setdefault(name, value)
    for name, value in (("Content-Length", length), ("Transfer-Encoding", coding)):
        if value is not None:
            headers[name] = value
        elif name in headers:
            headers.popall(name)
