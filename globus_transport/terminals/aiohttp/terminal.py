"""A terminal over aiohttp (extra ``aiohttp``): over a session of the program, or over sessions of its own.

A session of the program keeps its connector, proxies, certificates, headers, tracing and middlewares. What layers do
is switched off in it: redirects, ``.netrc``, its own credentials and cookies, and repeating a request.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

import aiohttp

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import check_time_limits, in_seconds, limits_of, time_left
from globus_transport.terminals.aiohttp.bodies import CHUNK, ReplyStream, Upload
from globus_transport.terminals.aiohttp.direct import DirectReply
from globus_transport.terminals.aiohttp.errors import to_globus_error
from globus_transport.terminals.aiohttp.session_request import send_through_session
from globus_transport.terminals.aiohttp.sessions import OwnSessions
from globus_transport.terminals.streams import async_response_from_stream

# Headers that describe the session itself, and its credentials, which it would send to every origin.
_NOT_FROM_SESSION = frozenset({"user-agent", "accept-encoding", "accept", "connection", "authorization", "cookie"})


class AiohttpTerminal:
    """Sends through an ``aiohttp.ClientSession``, for :class:`~globus_transport.AsyncStack` and the Async clients.

    Without ``session``, it makes a session in each event loop. ``await close()``, or the end of ``async with``, closes
    the session of the running loop.

    Header values outside ASCII are sent as UTF-8, the only encoding that aiohttp supports.

    :param session: of the program; it works in its own event loop only, and is never closed here
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` for no limit
    :param connect_timeout: seconds to wait for a free connection and to connect; by default ``http_timeout``
    :param verify_ssl: of its own sessions: ``True`` for the system's CA certificates, ``False`` for no
        verification, or the path of a CA file or folder
    :param pool_size: of its own sessions: the most connections that are open at a time; further requests wait
    :raises GlobusSDKUsageError: if a number is not positive, ``session`` is not a session, or is given together with
        ``verify_ssl`` or ``pool_size``
    """

    def __init__(
        self,
        session: aiohttp.ClientSession | None = None,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
        verify_ssl: bool | str = True,
        pool_size: int = 100,
    ) -> None:
        check_time_limits(http_timeout, connect_timeout)
        if session is not None and not isinstance(session, aiohttp.ClientSession):
            raise GlobusSDKUsageError(f"session: expected an aiohttp.ClientSession, got a {type(session).__name__}")
        if session is not None and (verify_ssl is not True or pool_size != 100):
            raise GlobusSDKUsageError("verify_ssl= and pool_size= are the session's own; set them on its connector")
        if pool_size < 1:
            raise GlobusSDKUsageError(f"pool_size={pool_size!r}: give a number above 0")
        self.session = session
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self._timeout = _limits(None, self.connect_timeout, http_timeout)
        self._own_sessions = None if session is not None else OwnSessions(verify_ssl, pool_size, self._timeout)

    async def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the session is closed, or belongs to another event loop
        """
        limits = self._timeout
        if request.deadline is not None or request.extensions:
            left = time_left(request, None, began=False)
            limits = _limits(left, *limits_of(request, self.connect_timeout, self.http_timeout))
        body: Any = request.body
        upload = None
        if body is not None and (type(body) is not bytes or len(body) > CHUNK):
            body = upload = Upload(request, limits.sock_read)
        session = self.session
        try:
            if session is not None:
                reply: Any = await self._send_through_programs_session(session, request, body, limits)
            else:
                reply = await self._send_through_own_session(request, body, limits)
            return await _to_response(request, reply, limits)
        except (aiohttp.ClientError, OSError) as error:
            raise to_globus_error(request, error, limits, None if upload is None else upload.failure) from error
        except RuntimeError as error:
            if session is not None and session.closed:
                raise GlobusSDKUsageError(f"{request!r}: the aiohttp session of the terminal is closed") from error
            raise

    async def _send_through_own_session(self, request: Request, body: Any, limits: aiohttp.ClientTimeout) -> Any:
        own = self._own_sessions
        assert own is not None
        proxy = own.proxy_settings(request.url.origin)
        if proxy is not None:
            extra_headers = proxy.headers_for(request)
            return await send_through_session(own.session(), request, body, limits, extra_headers, **proxy.options)
        if limits is self._timeout and not isinstance(body, Upload):
            sender = own.direct_sender()
            if sender is not None:
                return await sender.send(request)
        return await send_through_session(own.session(), request, body, limits)

    async def _send_through_programs_session(
        self, session: aiohttp.ClientSession, request: Request, body: Any, limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        if getattr(session, "_loop", None) is not asyncio.get_running_loop():
            raise GlobusSDKUsageError(
                "the aiohttp session of the terminal belongs to another event loop; AiohttpTerminal() without a "
                "session makes one in each loop"
            )
        extra_headers = [pair for pair in session.headers.items() if pair[0].lower() not in _NOT_FROM_SESSION]
        middlewares = tuple(getattr(session, "_middlewares", ()))
        return await send_through_session(session, request, body, limits, extra_headers, middlewares)

    async def close(self) -> None:
        """Close the terminal's own session in this event loop. A later request makes a new one."""
        if self._own_sessions is not None:
            await self._own_sessions.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    def __str__(self) -> str:
        sessions = "a session of the program" if self._own_sessions is None else str(self._own_sessions)
        return f"aiohttp, {sessions}, time-out {in_seconds(self.http_timeout)}"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._own_sessions is None:
            raise GlobusSDKUsageError(
                "a terminal over a session of the program cannot be pickled; AiohttpTerminal() can"
            )
        return (
            _rebuild,
            (self.http_timeout, self.connect_timeout, self._own_sessions.verify_ssl, self._own_sessions.pool_size),
        )


def _rebuild(
    http_timeout: float | None, connect_timeout: float | None, verify_ssl: bool | str, pool_size: int
) -> AiohttpTerminal:
    return AiohttpTerminal(
        http_timeout=http_timeout, connect_timeout=connect_timeout, verify_ssl=verify_ssl, pool_size=pool_size
    )


def _limits(left: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    # aiohttp rounds longer limits than ceil_threshold up to whole seconds. A deadline must not be rounded.
    return aiohttp.ClientTimeout(total=left, connect=connect, sock_read=read, ceil_threshold=5 if left is None else 1e9)


async def _to_response(
    request: Request, reply: aiohttp.ClientResponse | DirectReply, limits: aiohttp.ClientTimeout
) -> Response:
    headers, reason = Headers.received(reply.headers.items()), reply.reason or ""
    if reply.status < 400 and not request.stream:
        # The common case: read at once, without a stream.
        return Response(reply.status, headers, await reply.read(), None, reason, request)
    return await async_response_from_stream(request, reply.status, headers, ReplyStream(request, reply, limits), reason)
