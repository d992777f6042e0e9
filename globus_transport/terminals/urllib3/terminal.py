"""The default terminal: urllib3's connections, without its pools' retries, redirects and URL handling."""

from __future__ import annotations

import threading

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import in_seconds, limits_of
from globus_transport.terminals.urllib3.connecting import Connector
from globus_transport.terminals.urllib3.exchange import Exchange
from globus_transport.terminals.urllib3.pool import ConnectionPool

_MOST_ORIGINS = 32


class Urllib3Terminal(PerProcess):
    """Sends over keep-alive connections, from any number of threads.

    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :param verify_ssl: ``True`` for the system's CA certificates, ``False`` for no verification, or the
        path of a CA file or folder
    :param pool_size: connections kept for each origin. More may be open at a time; those are not kept
    :raises GlobusSDKUsageError: if a number is not positive
    """

    _process_state = ("_lock", "_pools")

    def __init__(
        self,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
        verify_ssl: bool | str = True,
        pool_size: int = 32,
    ) -> None:
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
        if pool_size < 1:
            raise GlobusSDKUsageError(f"pool_size={pool_size!r}: give a number above 0")
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self._enter_process()

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
        origin = request.url.origin
        pool = self._pools.get(origin) or self._open_pool(origin)
        connect_limit, limit = limits_of(request, self.connect_timeout, self.http_timeout)
        exchange = Exchange(pool, pool.take() or pool.connect(request, connect_limit), request, limit)
        try:
            exchange.send()
            return exchange.receive()
        except BaseException:
            exchange.close()
            raise

    def _open_pool(self, origin: str) -> ConnectionPool:
        with self._lock:
            pool = self._pools.get(origin)
            if pool is None:
                if len(self._pools) >= _MOST_ORIGINS:
                    self._pools.pop(next(iter(self._pools))).close()
                pool = self._pools[origin] = ConnectionPool(Connector.to(origin, self.verify_ssl), self.pool_size)
            return pool

    def close(self) -> None:
        """Close the idle connections. A later request opens new ones."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def __str__(self) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"urllib3, {self.pool_size} kept connections, time-out {in_seconds(self.http_timeout)}, TLS {verify}"
