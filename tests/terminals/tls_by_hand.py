"""A server's TLS over a script's connection, whose records the script sends as it likes."""

from __future__ import annotations

import contextlib
import ssl

from globus_transport.testing.loopback_server import Peer


class TLSByHand:
    """The server's end of one TLS connection, after its handshake.

    :param peer: a connection of a server without TLS
    """

    def __init__(self, peer: Peer, context: ssl.SSLContext) -> None:
        self._peer = peer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._exchange()
        peer.send(self._outgoing.read())

    def _exchange(self) -> None:
        self._peer.send(self._outgoing.read())
        received = self._peer.socket.recv(1 << 16)
        if not received:
            raise ConnectionResetError
        self._incoming.write(received)

    def read_head(self) -> None:
        """Read a request without a body."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.read(1 << 16)

    def read(self, most: int) -> bytes:
        """What the client sent."""
        while True:
            try:
                return self._tls.read(most)
            except ssl.SSLWantReadError:
                self._exchange()

    def records(self, data: bytes) -> bytes:
        """The records that hold some data."""
        self._tls.write(data)
        return self._outgoing.read()

    def closing_alert(self) -> bytes:
        """The record that says that nothing more is sent."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        return self._outgoing.read()
