"""The default terminal: sends requests over connections that urllib3 makes.

The terminal finds the pool of the request's origin. An exchange takes a connection from it, writes the request, and
feeds a reader of ``http1`` with what comes back.
"""

from __future__ import annotations

import threading

from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import limits_of
from globus_transport.terminals.destination import Destination
from globus_transport.terminals.settings import MOST_ORIGINS, ConnectionSettings
from globus_transport.terminals.urllib3.exchange import CancellableExchange, Exchange
from globus_transport.terminals.urllib3.pool import ConnectionPool


class Urllib3Terminal(ConnectionSettings):
    """Sends over keep-alive connections, from any number of threads.

    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :param verify_ssl: ``True`` for the system's CA certificates, ``False`` for no verification, or the
        path of a CA file or folder
    :param pool_size: connections kept for each origin. More may be open at a time; those are not kept
    :param max_head_size: bytes that the head of a response may have, and its trailers
    :raises GlobusSDKUsageError: if a number is not positive
    """

    _process_state = ("_lock", "_pools")

    def _make_process_state(self) -> None:
        self._pools: dict[str, ConnectionPool] = {}
        self._lock = threading.Lock()

    def _after_fork(self) -> None:
        # The sockets belong to the parent; using them here would mix up replies. Closing the child's copies leaves
        # the connections open.
        pools = self._pools
        self._make_process_state()
        for pool in pools.values():
            pool.close()

    def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises ReplyFormatError: if its body is not in the encoding that it says
        """
        return Exchange(*self._parts_of_exchange(request)).run()

    def cancellable(self, request: Request) -> CancellableExchange:
        """The exchange for a request. ``run()`` does what a call does, and another thread can ``cancel()`` it.

        :class:`~globus_transport.terminals.threads.ThreadsTerminal` uses it.

        :param request: the request that is to be sent
        """
        return CancellableExchange(*self._parts_of_exchange(request))

    def _parts_of_exchange(self, request: Request) -> tuple[ConnectionPool, Request, float | None, float | None]:
        origin = request.url.origin
        pool = self._pools.get(origin) or self._open_pool(origin)
        if request.extensions:
            return (pool, request, *limits_of(request, self.connect_timeout, self.http_timeout))
        return pool, request, self.connect_timeout, self.http_timeout

    def _open_pool(self, origin: str) -> ConnectionPool:
        with self._lock:
            pool = self._pools.get(origin)
            if pool is None:
                if len(self._pools) >= MOST_ORIGINS:
                    self._pools.pop(next(iter(self._pools))).close()
                pool = self._pools[origin] = self._new_pool(origin)
            return pool

    def _new_pool(self, origin: str) -> ConnectionPool:
        return ConnectionPool(Destination.of(origin, self.verify_ssl), self.pool_size, self.max_head_size)

    def close(self) -> None:
        """Close the idle connections. A later request opens new ones."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def __str__(self) -> str:
        return self._describe(f"urllib3, {self.pool_size} kept connections")
