"""A connection of asyncio, with flow control in both directions and any number of TLS layers.

The event loop calls the methods of ``asyncio.BufferedProtocol``; what it delivers waits here until somebody asks for
it. When much waits, the loop stops reading. One task uses a connection at a time.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.terminals.asyncio.tls import TLSLayer
from globus_transport.terminals.http1.reader import CHUNK
from globus_transport.terminals.readiness import Readiness

# Bytes that may wait before the loop stops reading.
_MOST_WAITING = 1 << 18
# Bytes that are read of a connection that failed while something was sent.
_MOST_LEFT = 1 << 20


class Connection(asyncio.BufferedProtocol):
    """An open connection. Made by :meth:`from_socket`.

    It lends the loop a buffer, because ``asyncio.Protocol`` has the loop allocate 256 kB for whatever comes.
    """

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop
        self._readiness = Readiness(sock)
        self._transport: asyncio.Transport
        # Outermost first: that with an HTTPS proxy is before that with the origin.
        self._layers: list[TLSLayer] = []
        self._buffer = memoryview(bytearray(CHUNK))
        self._received: list[bytes] = []
        self._waiting = 0
        self._ended = False
        self._error: Exception | None = None
        self._is_full = False
        self._waiter: asyncio.Future[None] | None = None
        self._gives_up: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    async def from_socket(cls, sock: socket.socket) -> Connection:
        """A connection over a connected socket, which belongs to it from now on."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(sock, loop), sock=sock)
        return connection

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Do TLS over what there is.

        :raises ssl.SSLError: if the handshake fails, or the server's certificate is not accepted
        :raises OSError: if the connection breaks or ends
        """
        layer = TLSLayer(context, host)
        received = b""
        try:
            while not layer.handshake(received):
                self.write(layer.outgoing())
                received = await self.receive(None)
                if not received:
                    raise ConnectionResetError("it closed the connection in the TLS handshake")
        finally:
            # The last message of the handshake, or the alert that says why it failed.
            self.write(layer.outgoing())
        self._layers.append(layer)
        # What came with the last message of the server.
        self._decrypt(b"", len(self._layers) - 1)

    def write(self, data: bytes | memoryview) -> None:
        """Send. Where the network is slower than we are, it waits in memory; see :meth:`drain`."""
        if not data or self._ended:
            return
        try:
            for layer in reversed(self._layers):
                data = layer.encrypt(data)
        except ssl.SSLError as error:
            # Receiving raises it.
            self._end(error)
            return
        self._transport.write(data)

    async def drain(self, limit: float | None, *, until_received: bool) -> None:
        """Wait until more can be sent, or the connection has ended.

        :param limit: seconds
        :param until_received: wait no longer when something has come
        :raises TimeoutError: if it takes longer
        """
        # Also without a reason to wait: the loop may have something to deliver.
        await asyncio.sleep(0)
        until = self._time_after(limit)
        while self.is_full and not (until_received and self._received):
            await self._wait(until)

    async def receive(self, limit: float | None) -> bytes:
        """What was received; ``b""`` after the end of the connection.

        :param limit: seconds to wait
        :raises TimeoutError: if nothing came
        :raises OSError: if the connection broke, or ended without TLS's closing alert
        """
        until = self._time_after(limit)
        while not self._received:
            if self._error is not None:
                raise self._error
            if self._ended:
                return b""
            await self._wait(until)
        received, self._received = self._received, []
        if self._waiting > _MOST_WAITING and not self._transport.is_closing():
            self._transport.resume_reading()
        self._waiting = 0
        return received[0] if len(received) == 1 else b"".join(received)

    @property
    def is_full(self) -> bool:
        """Whether more waits to be sent than should."""
        return self._is_full and not self._ended

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is received."""
        return self._ended

    @property
    def has_received(self) -> bool:
        """Whether :meth:`receive` has something to give or to raise, without waiting."""
        return bool(self._received) or self._ended

    def is_usable(self) -> bool:
        """Whether it is open, and the server has sent nothing while it was idle."""
        # The loop may not have delivered it yet.
        return not self.has_received and not self._transport.is_closing() and not self._readiness.is_readable()

    def close(self) -> None:
        """Close it at the next turn of the loop. It may be called again."""
        # Who still reads it must not take that for the end of what the server sends.
        self._end(ConnectionAbortedError("it was closed before its end"))
        self._transport.abort()

    def forget(self) -> None:
        """Close this process's copy of the socket, in a forked child. The connection is its parent's.

        ``close`` would end the parent's registration for what is received.
        """
        # uvloop keeps a socket open that it uses itself.
        descriptor = self._sock.detach()
        if descriptor >= 0:
            socket.close(descriptor)

    # What the event loop calls:

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Full means that the system has not taken all: then a connection that is not full can be closed.
        self._transport.set_write_buffer_limits(0)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._accept_data(self._buffer[:nbytes])

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        # A socket tells a reset once, and then reads as if the server had ended what it sends. Only a broken pipe says
        # that it had.
        has_ended = not isinstance(exc, OSError) or (self._read_what_is_left() and isinstance(exc, BrokenPipeError))
        self._end(None if has_ended else exc)
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    def _accept_data(self, data: bytes | memoryview) -> None:
        if self._ended:
            # Nobody will read what comes after the end of TLS, or after what is no TLS.
            self._transport.abort()
        elif self._layers:
            self._decrypt(data, 0)
        else:
            self._keep(bytes(data))
        self._wake()

    def _decrypt(self, data: bytes | memoryview, position: int) -> None:
        """Give what was received to the TLS layer at a position, and what it decrypts to the one after it."""
        layer = self._layers[position]
        try:
            for piece in layer.decrypt(data):
                if position + 1 < len(self._layers):
                    self._decrypt(piece, position + 1)
                else:
                    self._keep(piece)
        except ssl.SSLError as error:
            self._end(error)
            return
        if outgoing := layer.outgoing():
            # The answer to a message of TLS itself, such as a new key.
            for below in reversed(self._layers[:position]):
                outgoing = below.encrypt(outgoing)
            self._transport.write(outgoing)
        if layer.ended:
            self._end(None)

    def _keep(self, data: bytes) -> None:
        was_much = self._waiting > _MOST_WAITING
        self._received.append(data)
        self._waiting += len(data)
        if not was_much and self._waiting > _MOST_WAITING and not self._transport.is_closing():
            self._transport.pause_reading()

    def _read_what_is_left(self) -> bool:
        """Take what came before the connection failed. An answer that says why may be there.

        :return: whether the server had ended what it sends
        """
        left = _MOST_LEFT
        try:
            while left > 0:
                data = self._sock.recv(CHUNK)
                if not data:
                    return True
                left -= len(data)
                self._accept_data(data)
        except OSError:
            # That is the failure which connection_lost() was told of.
            pass
        return False

    def _end(self, error: Exception | None) -> None:
        """Nothing more is received."""
        if not self._ended:
            self._ended = True
            self._error = error
            if error is None and self._layers and not self._layers[-1].ended:
                self._error = ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "it ended without TLS's closing alert")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _time_after(self, limit: float | None) -> float | None:
        return None if limit is None else self._loop.time() + limit

    async def _wait(self, until: float | None) -> None:
        """Wait for the loop to call one of the methods above.

        :param until: on the loop's clock
        """
        if self._waiter is not None:
            raise GlobusSDKUsageError("two tasks read one response at the same time; let one of them read it")
        waiter = self._waiter = self._loop.create_future()
        self._gives_up = until
        self._set_timer()
        try:
            await waiter
        finally:
            self._waiter = None

    def _set_timer(self) -> None:
        # A timer of an earlier wait is kept, since most waits end long before their time: then one timer does for many.
        if self._gives_up is None or (self._timer is not None and self._timer.when() <= self._gives_up):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._gives_up, self._check_time)

    def _check_time(self) -> None:
        self._timer = None
        if self._waiter is None or self._gives_up is None or self._waiter.done():
            return
        if self._loop.time() >= self._gives_up:
            self._waiter.set_exception(TimeoutError())
        else:
            self._set_timer()
