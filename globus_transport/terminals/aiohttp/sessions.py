"""Sessions of aiohttp that a terminal makes for itself: one in each event loop, since aiohttp's cannot be shared."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import attrs

from globus_transport.http.headers import Pair
from globus_transport.http.messages import Request
from globus_transport.terminals.aiohttp.direct import Lane, is_known
from globus_transport.terminals.aiohttp.front import LONGEST_LINE
from globus_transport.terminals.aiohttp.secrets import secrets_hidden
from globus_transport.terminals.proxies import proxy_for
from globus_transport.terminals.tls import shared_context


@attrs.frozen
class ProxyUse:
    """How requests for an origin go through a proxy.

    :ivar options: what the session is told
    """

    options: dict[str, Any]
    _plain: tuple[Pair, ...] = attrs.field(repr=False)

    def headers_for(self, request: Request) -> list[Pair]:
        """The headers that a proxy reads in the request itself; one for a tunnel is in the options."""
        return [] if request.url.startswith("https:") else list(self._plain)


class OwnSessions:
    """:ivar verify_ssl, pool_size: as :class:`~globus_transport.terminals.aiohttp.terminal.AiohttpTerminal` has them

    :param limits: of requests without a deadline
    """

    def __init__(self, verify_ssl: bool | str, pool_size: int, limits: aiohttp.ClientTimeout) -> None:
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self._limits = limits
        self._has_lanes = is_known()
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}
        self._lanes: dict[asyncio.AbstractEventLoop, Lane] = {}
        self._proxies: dict[str, ProxyUse | None] = {}

    def session(self) -> aiohttp.ClientSession:
        """The session of the running event loop."""
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        return self._open(loop) if session is None or session.closed else session

    def lane(self) -> Lane | None:
        """The short way for small requests, if there is one."""
        loop = asyncio.get_running_loop()
        lane = self._lanes.get(loop)
        if lane is None and self._has_lanes:
            lane = self._lanes[loop] = Lane(self.session(), self._limits, LONGEST_LINE, loop)
        return lane

    def _open(self, loop: asyncio.AbstractEventLoop) -> aiohttp.ClientSession:
        for other in [one for one in list(self._sessions) if one.is_closed()]:
            self._sessions.pop(other, None)
            self._lanes.pop(other, None)
        connector = aiohttp.TCPConnector(limit=self.pool_size, ssl=shared_context(self.verify_ssl))
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        self._sessions[loop] = session
        return session

    def proxy(self, origin: str) -> ProxyUse | None:
        """What the environment said of an origin when that was first asked for."""
        try:
            return self._proxies[origin]
        except KeyError:
            proxy = proxy_for(origin)
        if len(self._proxies) >= 64:
            self._proxies.clear()
        use = None
        if proxy is not None:
            headers = dict(secrets_hidden(proxy.headers.items()))
            use = ProxyUse({"proxy": proxy.url, "proxy_headers": headers or None}, tuple(headers.items()))
        self._proxies[origin] = use
        return use

    async def close(self) -> None:
        """Close the session of the running event loop."""
        loop = asyncio.get_running_loop()
        self._lanes.pop(loop, None)
        session = self._sessions.pop(loop, None)
        if session is not None:
            await session.close()

    def __str__(self) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"up to {self.pool_size} connections, TLS {verify}"
