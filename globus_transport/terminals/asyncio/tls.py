"""TLS without I/O: encrypts what is to be sent, and decrypts what was received.

asyncio has TLS as well, but reports a body that was cut off like one that ended. Here the end of a connection without
TLS's closing alert is an error, as RFC 9112, section 9.8, asks for.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

# The most that a TLS record holds (RFC 8446, section 5.1); more is never read at a time.
_READ_SIZE = 1 << 14


class TLSLayer:
    """One TLS connection, seen from the client.

    :param context: its settings
    :param host: name or address of the server, which its certificate has to have
    :ivar ended: whether the server has announced the end of what it sends
    """

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self.ended = False

    def handshake(self, received: bytes) -> bool:
        """Go on with the handshake, as far as what was received allows.

        :return: whether it is complete. What is to be sent is in :meth:`outgoing`
        :raises ssl.SSLError: if it fails
        """
        self._incoming.write(received)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def outgoing(self) -> bytes:
        """What TLS itself has to send."""
        return self._outgoing.read()

    def encrypt(self, data: bytes | memoryview) -> bytes:
        """The bytes to send for ``data``."""
        self._tls.write(data)
        return self._outgoing.read()

    def decrypt(self, received: bytes | memoryview) -> Iterator[bytes]:
        """The pieces that were sent.

        :raises ssl.SSLError: if what was received is not TLS, or was changed on the way
        """
        self._incoming.write(received)
        # Asking for more than there is costs an exception.
        while (self._incoming.pending or self._tls.pending()) and not self.ended:
            try:
                piece = self._tls.read(_READ_SIZE)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                piece = b""
            if piece:
                yield piece
            else:
                self.ended = True
