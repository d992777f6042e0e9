"""A terminal over a session of the program (extra ``aiohttp``).

The session keeps its connector, proxies, certificates, headers, tracing and middlewares. What layers do is switched off
in it: redirects, ``.netrc``, its own credentials and cookies, and repeating a request.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import check_time_limits, in_seconds, limits_of, time_left
from globus_transport.terminals.aiohttp.bodies import CHUNK, ReplyStream, Upload
from globus_transport.terminals.aiohttp.errors import to_globus_error
from globus_transport.terminals.aiohttp.session_request import send_through_session
from globus_transport.terminals.streams import async_response_from_stream


class AiohttpTerminal:
    """Sends through an ``aiohttp.ClientSession``, for :class:`~globus_transport.AsyncStack` and the Async clients.

    It is for programs that have a session: with a connector, tracing or limits of their own. Without one,
    :class:`~globus_transport.AsyncioTerminal`, the default, does more and costs less.

    aiohttp notices by itself when a server sends more than its response, and cannot be asked: what arrives between two
    requests may be taken for the answer to the second. Header values outside ASCII are sent as UTF-8, the only encoding
    that aiohttp supports.

    :param session: works in its own event loop only, and is never closed here
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` for no limit
    :param connect_timeout: seconds to wait for a free connection and to connect; by default ``http_timeout``
    :raises GlobusSDKUsageError: if a number is not positive, or ``session`` is not a session
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
    ) -> None:
        check_time_limits(http_timeout, connect_timeout)
        if not isinstance(session, aiohttp.ClientSession):
            raise GlobusSDKUsageError(f"session: expected an aiohttp.ClientSession, got a {type(session).__name__}")
        self.session = session
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout

    async def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the session is closed, or belongs to another event loop
        """
        session, loop = self.session, asyncio.get_running_loop()
        # aiohttp has no other error for it than those of its first future.
        if getattr(session, "_loop", loop) is not loop:
            raise GlobusSDKUsageError(
                "the aiohttp session of the terminal belongs to another event loop; AsyncioTerminal works in all"
            )
        left = time_left(request, None, began=False)
        limits = _limits(left, *limits_of(request, self.connect_timeout, self.http_timeout))
        body: Any = request.body
        upload = None
        if body is not None and (type(body) is not bytes or len(body) > CHUNK):
            body = upload = Upload(request, limits.sock_read)
        try:
            reply = await send_through_session(session, request, body, limits)
            return await _to_response(request, reply, limits)
        except (aiohttp.ClientError, OSError) as error:
            raise to_globus_error(request, error, limits, None if upload is None else upload.failure) from error
        except RuntimeError as error:
            if session.closed:
                raise GlobusSDKUsageError(f"{request!r}: the aiohttp session of the terminal is closed") from error
            raise

    def __str__(self) -> str:
        return f"aiohttp, a session of the program, time-out {in_seconds(self.http_timeout)}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise GlobusSDKUsageError("a terminal over an aiohttp session cannot be pickled; AsyncioTerminal can")


def _limits(left: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    # aiohttp rounds longer limits than ceil_threshold up to whole seconds. A deadline must not be rounded.
    return aiohttp.ClientTimeout(total=left, connect=connect, sock_read=read, ceil_threshold=5 if left is None else 1e9)


async def _to_response(request: Request, reply: aiohttp.ClientResponse, limits: aiohttp.ClientTimeout) -> Response:
    headers, reason = Headers.received(reply.headers.items()), reply.reason or ""
    if reply.status < 300 and not request.stream:
        # The common case: read at once, without a stream.
        return Response(reply.status, headers, await reply.read(), None, reason, request)
    return await async_response_from_stream(request, reply.status, headers, ReplyStream(request, reply, limits), reason)
