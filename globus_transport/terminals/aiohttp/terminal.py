"""A terminal over aiohttp, async to the socket (extra ``aiohttp``): over a session of the program, or one of its own.

A session keeps what it is there for: its connector, proxies, certificates, headers, tracing and middlewares.
What the layers do, it does not: no redirects, no ``.netrc``, no credential or cookie of its own, no second send.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

import aiohttp

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import in_seconds, limits_of, time_left
from globus_transport.terminals.aiohttp.bodies import CHUNK, ReplyStream, Upload
from globus_transport.terminals.aiohttp.direct import DirectReply
from globus_transport.terminals.aiohttp.errors import mapped
from globus_transport.terminals.aiohttp.front import through
from globus_transport.terminals.aiohttp.sessions import OwnSessions
from globus_transport.terminals.streams import async_response_from_stream

# What a session says of itself, and a credential, which would go to every origin.
_NOT_FROM_SESSION = frozenset({"user-agent", "accept-encoding", "accept", "connection", "authorization", "cookie"})


class AiohttpTerminal:
    """Sends through an ``aiohttp.ClientSession``, for :class:`~globus_transport.AsyncStack` and the Async clients.

    Without a session of the program it makes one in each event loop that it is used in, and closes it with
    ``await close()``, or at the end of ``async with``, in that loop.

    Header values outside ASCII are sent as UTF-8, because aiohttp can do no other.

    :param session: one that is given is used in its event loop only, and is not closed
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to get a connection: to wait for a free one, and to make it; by default
        ``http_timeout``
    :param verify_ssl: for its own session: ``True`` for the system's CA certificates, ``False`` for no
        verification, or the path of a CA file or folder
    :param pool_size: for its own session: connections that are open at a time; further requests wait for one
    :raises GlobusSDKUsageError: if a number is not positive, ``session`` is no session, or it is given beside
        settings that are its own affair
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
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
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
        self._own = None if session is not None else OwnSessions(verify_ssl, pool_size, self._timeout)

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
        own = self._own
        session = self.session if own is None else None
        try:
            if own is None:
                assert session is not None
                reply: Any = await self._through_the_programs(session, request, body, limits)
            else:
                proxy = own.proxy(request.url.origin)
                if proxy is None and limits is self._timeout and upload is None and (lane := own.lane()) is not None:
                    reply = await lane.send(request)
                elif proxy is None:
                    reply = await through(own.session(), request, body, limits)
                else:
                    added = proxy.headers_for(request)
                    reply = await through(own.session(), request, body, limits, added, **proxy.options)
            return await _received(request, reply, limits)
        except (aiohttp.ClientError, OSError) as error:
            raise mapped(request, error, limits, None if upload is None else upload.failure) from error
        except RuntimeError as error:
            if session is not None and session.closed:
                raise GlobusSDKUsageError(f"{request!r}: the aiohttp session of the terminal is closed") from error
            raise

    async def _through_the_programs(
        self, session: aiohttp.ClientSession, request: Request, body: Any, limits: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        if getattr(session, "_loop", None) is not asyncio.get_running_loop():
            raise GlobusSDKUsageError(
                "the aiohttp session of the terminal belongs to another event loop; AiohttpTerminal() without one has "
                "a session in each"
            )
        added = [pair for pair in session.headers.items() if pair[0].lower() not in _NOT_FROM_SESSION]
        return await through(
            session, request, body, limits, added, further_in=tuple(getattr(session, "_middlewares", ()))
        )

    async def close(self) -> None:
        """Close the session that is the terminal's own in this event loop. A later request makes a new one."""
        if self._own is not None:
            await self._own.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    def __str__(self) -> str:
        whose = "aiohttp, a session of the program" if self._own is None else f"aiohttp, {self._own}"
        return f"{whose}, time-out {in_seconds(self.http_timeout)}"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._own is None:
            raise GlobusSDKUsageError(
                "a terminal over a session of the program cannot be pickled; AiohttpTerminal() can"
            )
        return (_rebuild, (self.http_timeout, self.connect_timeout, self._own.verify_ssl, self._own.pool_size))


def _rebuild(
    http_timeout: float | None, connect_timeout: float | None, verify_ssl: bool | str, pool_size: int
) -> AiohttpTerminal:
    return AiohttpTerminal(
        http_timeout=http_timeout, connect_timeout=connect_timeout, verify_ssl=verify_ssl, pool_size=pool_size
    )


def _limits(left: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    # aiohttp rounds what is longer than its threshold up to whole seconds; a deadline is meant as it is.
    return aiohttp.ClientTimeout(total=left, connect=connect, sock_read=read, ceil_threshold=5 if left is None else 1e9)


async def _received(
    request: Request, reply: aiohttp.ClientResponse | DirectReply, limits: aiohttp.ClientTimeout
) -> Response:
    headers, reason = Headers.received(reply.headers.items()), reply.reason or ""
    if reply.status < 400 and not request.stream:
        # Nearly every reply: in one piece, without a stream.
        return Response(reply.status, headers, await reply.read(), None, reason, request)
    return await async_response_from_stream(request, reply.status, headers, ReplyStream(request, reply, limits), reason)
