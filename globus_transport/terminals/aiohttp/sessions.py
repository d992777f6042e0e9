"""The sessions that a terminal makes for itself: one in each event loop, since a session belongs to one loop."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import attrs

from globus_transport.http.headers import Pair
from globus_transport.http.messages import Request
from globus_transport.terminals.aiohttp.direct import DirectSender, is_supported
from globus_transport.terminals.aiohttp.secrets import hide_secrets
from globus_transport.terminals.aiohttp.session_request import MAX_HEAD_LINE
from globus_transport.terminals.proxies import proxy_for
from globus_transport.terminals.tls import shared_context

_MAX_ORIGINS = 64


@attrs.frozen
class ProxySettings:
    """How requests to an origin go through a proxy.

    :ivar options: of ``ClientSession.request``
    """

    options: dict[str, Any]
    _headers: tuple[Pair, ...] = attrs.field(repr=False)

    def headers_for(self, request: Request) -> list[Pair]:
        """The headers for the proxy in the request itself. For https, ``options`` has them, for the tunnel."""
        return [] if request.url.startswith("https:") else list(self._headers)


class OwnSessions:
    """A session for each event loop.

    :param verify_ssl: as in :class:`~globus_transport.terminals.aiohttp.terminal.AiohttpTerminal`
    :param pool_size: the most connections of a session
    :param limits: time limits of requests without a deadline
    """

    def __init__(self, verify_ssl: bool | str, pool_size: int, limits: aiohttp.ClientTimeout) -> None:
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self._limits = limits
        self._can_send_directly = is_supported()
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}
        self._direct_senders: dict[asyncio.AbstractEventLoop, DirectSender] = {}
        self._proxies: dict[str, ProxySettings | None] = {}

    def session(self) -> aiohttp.ClientSession:
        """The session of the running event loop."""
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        return self._open(loop) if session is None or session.closed else session

    def direct_sender(self) -> DirectSender | None:
        """The sender for small requests in the running event loop; ``None`` if aiohttp does not support it."""
        loop = asyncio.get_running_loop()
        sender = self._direct_senders.get(loop)
        if sender is None and self._can_send_directly:
            sender = self._direct_senders[loop] = DirectSender(self.session(), self._limits, MAX_HEAD_LINE, loop)
        return sender

    def _open(self, loop: asyncio.AbstractEventLoop) -> aiohttp.ClientSession:
        closed_loops = [session_loop for session_loop in list(self._sessions) if session_loop.is_closed()]
        for closed_loop in closed_loops:
            self._sessions.pop(closed_loop, None)
            self._direct_senders.pop(closed_loop, None)
        connector = aiohttp.TCPConnector(limit=self.pool_size, ssl=shared_context(self.verify_ssl))
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        self._sessions[loop] = session
        return session

    def proxy_settings(self, origin: str) -> ProxySettings | None:
        """The proxy for an origin, as the environment named it at the first request; ``None`` for no proxy."""
        try:
            return self._proxies[origin]
        except KeyError:
            proxy = proxy_for(origin)
        if len(self._proxies) >= _MAX_ORIGINS:
            self._proxies.clear()
        settings = None
        if proxy is not None:
            headers = dict(hide_secrets(proxy.headers.items()))
            settings = ProxySettings({"proxy": proxy.url, "proxy_headers": headers or None}, tuple(headers.items()))
        self._proxies[origin] = settings
        return settings

    async def close(self) -> None:
        """Close the session of the running event loop."""
        loop = asyncio.get_running_loop()
        self._direct_senders.pop(loop, None)
        session = self._sessions.pop(loop, None)
        if session is not None:
            await session.close()

    def __str__(self) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"up to {self.pool_size} connections, TLS {verify}"
