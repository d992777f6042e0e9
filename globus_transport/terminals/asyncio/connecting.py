"""Makes a connection of asyncio: resolves the name, tries its addresses, and does CONNECT and TLS.

Resolving cannot be cancelled, so that it is done in a daemon thread, which holds up neither a deadline nor the end of
the program. Addresses are tried 250 ms after one another, and the first that answers is taken (RFC 8305).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from http.client import HTTPException
from itertools import chain, zip_longest
from typing import Any

from globus_transport.core.async_driver import result_of
from globus_transport.core.daemon_thread import in_daemon_thread
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import time_left
from globus_transport.terminals.asyncio.connection import Connection
from globus_transport.terminals.destination import Destination, address_of, check_tunnel
from globus_transport.terminals.http1.reader import ResponseReader

# RFC 8305, section 5: Connection Attempt Delay.
_ATTEMPT_DELAY = 0.25

#: What ``socket.getaddrinfo`` gives: family, type, protocol, canonical name, address.
AddressInfo = tuple[int, int, int, str, Any]


class Connector:
    """Makes connections to one destination. At most one thread resolves its name at a time.

    :ivar connections: those that were made, or are being made
    """

    def __init__(self, destination: Destination) -> None:
        self.connections: set[Connection] = set()
        self._destination = destination
        self._resolving: Future[list[AddressInfo]] | None = None

    async def connect(self, request: Request, limit: float | None) -> Connection:
        """A new connection, ready for requests.

        :param limit: seconds that it may take
        :raises GlobusConnectionTimeoutError: if it takes longer, or the request's deadline passes before
        :raises GlobusConnectionError: if it fails
        """
        destination = self._destination
        limit = time_left(request, limit, began=False)
        try:
            async with asyncio.timeout(limit):
                host, port = address_of(destination.first_hop)
                addresses = await self._resolve(host, port)
                connection = await Connection.from_socket(await _connect_to_first(addresses))
                self.connections.add(connection)
                try:
                    await _prepare(connection, destination)
                except BaseException:
                    self.close(connection)
                    raise
                return connection
        except (OSError, HTTPException, UnicodeError) as error:
            raise destination.not_connected(error, limit, timed_out=isinstance(error, TimeoutError)) from error

    def close(self, connection: Connection) -> None:
        """Close one that was made here."""
        self.connections.discard(connection)
        connection.close()

    async def _resolve(self, host: str, port: int) -> list[AddressInfo]:
        try:
            return _address_info(host, port, socket.AI_NUMERICHOST)
        except socket.gaierror:
            # It is a name.
            if self._resolving is None or self._resolving.done():
                self._resolving = in_daemon_thread(_address_info, host, port, 0)
            return await result_of(self._resolving)


def _address_info(host: str, port: int, flags: int) -> list[AddressInfo]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))


async def _prepare(connection: Connection, destination: Destination) -> None:
    """Do what comes before the first request: TLS, and a tunnel through the proxy."""
    if destination.first_hop.startswith("https://"):
        await _start_tls(connection, destination, destination.first_hop)
    if destination.proxy is None or destination.forwards:
        return
    connection.write(destination.tunnel_head())
    reader = ResponseReader("CONNECT")
    while (head := reader.read_head()) is None:
        reader.feed(await connection.receive(None))
    check_tunnel(head, reader)
    await _start_tls(connection, destination, destination.origin)


async def _start_tls(connection: Connection, destination: Destination, origin: str) -> None:
    host, _ = address_of(origin)
    assert destination.context is not None
    # A certificate has the name without the dot that may end it in a URL.
    await connection.start_tls(destination.context, host.rstrip("."))


async def _connect_to_first(addresses: Sequence[AddressInfo]) -> socket.socket:
    """A socket that is connected to the address that answers first.

    :raises OSError: of the last failure, if all fail
    """
    if len(addresses) == 1:
        return await _connect_to(addresses[0])
    left = _alternating(addresses)
    attempts: set[asyncio.Task[socket.socket]] = set()
    try:
        while True:
            if left:
                attempts.add(asyncio.create_task(_connect_to(left.pop(0))))
            delay = _ATTEMPT_DELAY if left else None
            done, attempts = await asyncio.wait(attempts, timeout=delay, return_when=asyncio.FIRST_COMPLETED)
            connected = [attempt for attempt in done if attempt.exception() is None]
            if connected:
                attempts.update(connected[1:])
                return connected[0].result()
            if not left and not attempts:
                return done.pop().result()
    finally:
        for attempt in attempts:
            attempt.cancel()
            attempt.add_done_callback(_close_unwanted)


def _alternating(addresses: Sequence[AddressInfo]) -> list[AddressInfo]:
    """The addresses with the families taking turns, the system's first choice first (RFC 8305, section 4)."""
    families: dict[int, list[AddressInfo]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return [address for address in chain.from_iterable(zip_longest(*families.values())) if address is not None]


async def _connect_to(info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError) and error.errno:
            # asyncio says only that the call failed.
            raise OSError(error.errno, os.strerror(error.errno)) from error
        raise
    return sock


def _close_unwanted(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()
