"""The default terminal for asyncio: sends requests over connections of the running event loop.

The terminal finds the pool of the event loop and the request's origin, and takes a connection from it. An
:class:`Exchange` writes the request to the connection, and feeds a reader of ``http1`` with what comes back.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import Self

import attrs

from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import limits_of
from globus_transport.terminals.asyncio.exchange import Exchange
from globus_transport.terminals.asyncio.loop_pools import LoopPools
from globus_transport.terminals.asyncio.pool import ConnectionPool
from globus_transport.terminals.destination import Destination
from globus_transport.terminals.settings import ConnectionSettings

# A forked child keeps what belongs to its parent's event loops: their destructors would reach into the parent.
_of_parents: list[object] = []


class AsyncioTerminal(ConnectionSettings):
    """Sends over keep-alive connections, from any number of tasks, for :class:`~globus_transport.AsyncStack`.

    One terminal may be used in several event loops, one after the other or in several threads; each has connections of
    its own, which end with it. A cancelled call closes its connection.

    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :param verify_ssl: ``True`` for the system's CA certificates, ``False`` for no verification, or the
        path of a CA file or folder
    :param pool_size: the most connections to each origin. Further requests wait until one is free. A streamed response
        uses its connection until it was read or closed
    :param max_head_size: bytes that the head of a response may have, and its trailers
    :raises GlobusSDKUsageError: if a number is not positive
    """

    _process_state = ("_lock", "_loops")

    def _make_process_state(self) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _Entered] = {}
        self._lock = threading.Lock()

    def _after_fork(self) -> None:
        _of_parents.append(self._loops)
        for entered in self._loops.values():
            entered.pools.forget()
        self._make_process_state()

    async def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises ReplyFormatError: if its body is not in the encoding that it says
        """
        entered = self._loops.get(asyncio.get_running_loop()) or await self._enter_loop()
        pools, origin = entered.pools, request.url.origin
        pool = pools.get(origin) or pools.add(origin, self._new_pool(origin))
        connect_limit, limit = self.connect_timeout, self.http_timeout
        if request.extensions:
            connect_limit, limit = limits_of(request, connect_limit, limit)
        pools.calls += 1
        try:
            exchange = Exchange(pool, await pool.take(request, connect_limit), request, limit, entered)
            try:
                await exchange.send()
                return await exchange.receive()
            except BaseException:
                exchange.close()
                raise
        finally:
            pools.calls -= 1

    async def _enter_loop(self) -> _Entered:
        pools = LoopPools()
        ends_with_loop = pools.close_with_loop()
        # From now on the loop ends it.
        await anext(ends_with_loop)
        with self._lock:
            for loop in [loop for loop in self._loops if loop.is_closed()]:
                # It was closed without ending its generators.
                self._loops.pop(loop).pools.forget()
            entered = self._loops[asyncio.get_running_loop()] = _Entered(pools, ends_with_loop)
        return entered

    def _new_pool(self, origin: str) -> ConnectionPool:
        return ConnectionPool(Destination.of(origin, self.verify_ssl), self.pool_size, self.max_head_size)

    async def close(self) -> None:
        """Close the connections of the running event loop: the idle ones now, others when their response was read.

        A later request opens new ones.
        """
        try:
            entered = self._loops.get(asyncio.get_running_loop())
        except RuntimeError:
            return  # Another library, such as trio, runs this. It has no connections here.
        if entered is not None:
            entered.pools.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    def __str__(self) -> str:
        return self._describe(f"asyncio, up to {self.pool_size} connections")


@attrs.frozen(eq=False)
class _Entered:
    """An event loop in which the terminal was used.

    :ivar pools: its connections
    :ivar ends_with_loop: a started ``pools.close_with_loop()``. It ends as well when nobody has this object
    """

    pools: LoopPools
    ends_with_loop: AsyncGenerator[None, None]
