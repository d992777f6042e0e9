"""urllib3's connections, for one exchange at a time: what terminals need of them beyond connecting."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING, Union, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.wait import wait_for_read

from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import TimeLeft
from globus_transport.terminals.http1.short_reply import CHUNK, short_reply

if TYPE_CHECKING:
    from globus_transport.terminals.http1.replies import Reply


class Exchange:
    """Mixed into urllib3's connection classes."""

    sock: socket.socket | None
    _watched: socket.socket | None = None
    _poll: select.poll

    def is_ready(self) -> bool:
        """Whether an idle connection still stands, and holds no bytes that nobody asked for."""
        sock = self.sock
        if sock is None:
            return False
        if not hasattr(select, "poll"):
            return not wait_for_read(sock, timeout=0.0)
        if self._watched is not sock:
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
            self._watched = sock
        return not self._poll.poll(0)

    def read_reply(self, request: Request, time_left: TimeLeft | None) -> Response | Reply:
        """The response to what was sent; or, with the head read and the body to be read, the reply.

        :param time_left: says how long the next read may take; ``None`` leaves the socket's time-out as it is
        :raises HTTPException: if what comes is not HTTP
        :raises OSError: if the connection breaks, or time is up
        :raises ReplyFormatError: if the body is not in the encoding that it says
        """
        received = self._receive(time_left)
        if not request.stream and request.method != "HEAD":
            response = short_reply(received, request)
            if response is not None:
                return response
        return self._begin_reply(request, time_left, received)

    def _receive(self, time_left: TimeLeft | None) -> bytes:
        sock = cast(socket.socket, self.sock)
        if time_left is not None:
            sock.settimeout(time_left())
        return sock.recv(CHUNK)

    def _begin_reply(self, request: Request, time_left: TimeLeft | None, received: bytes) -> Reply:
        # Not at the top: most programs start with a short reply.
        from globus_transport.terminals.http1.replies import Reply

        sock = cast(socket.socket, self.sock)
        reply = Reply(sock, method=request.method, time_left=time_left, received=received)
        try:
            reply.begin()
        except BaseException:
            reply.close()
            raise
        return reply


class PlainHTTPConnection(Exchange, HTTPConnection):
    """With the core dependencies alone."""


class PlainHTTPSConnection(Exchange, HTTPSConnection):
    """With the core dependencies alone, over TLS."""


Connection = Union[PlainHTTPConnection, PlainHTTPSConnection]
ConnectionClasses = tuple[type[Connection], type[Connection]]
PLAIN: ConnectionClasses = (PlainHTTPConnection, PlainHTTPSConnection)
