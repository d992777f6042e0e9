"""From urllib3 to ``responses``, which stands in the place of an adapter of ``requests``.

While a mock of ``responses`` is active, the default terminal prepares its request for ``requests`` and
lets the mocked adapter answer; while none is, it sends as always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from requests.adapters import HTTPAdapter

from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal

_REAL_SEND = HTTPAdapter.send
_NOT_REGISTERED = "Connection refused by Responses"


class use_responses:
    """Let ``responses`` answer for every client whose terminal is its own, from now on.

    Clients that exist already are included, and those under asyncio. As a context manager
    (``with use_responses():``) it ends with the block; else it lasts, or until :meth:`stop`.

    A request that nothing is registered for fails at once, with no retry: it would be refused again.
    """

    def __init__(self) -> None:
        self._before = Urllib3Terminal.__call__
        _replace_call(_bridged(self._before))

    def stop(self) -> None:
        """Put back what was there before. Harmless when repeated."""
        _replace_call(self._before)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _replace_call(call: Callable[[Urllib3Terminal, Request], Response]) -> None:
    # A terminal that stands in a stack is found by its class at each call, so this reaches all of them.
    Urllib3Terminal.__call__ = call  # type: ignore[method-assign, assignment]


def _bridged(
    plain: Callable[[Urllib3Terminal, Request], Response],
) -> Callable[[Urllib3Terminal, Request], Response]:
    def call(terminal: Urllib3Terminal, request: Request) -> Response:
        if HTTPAdapter.send is _REAL_SEND:
            return plain(terminal, request)
        bridge = RequestsTerminal(http_timeout=terminal.http_timeout, connect_timeout=terminal.connect_timeout)
        bridge.session.verify = terminal.verify_ssl
        try:
            return bridge(request)
        except GlobusConnectionError as error:
            refusal = error.underlying_exception
            if not str(refusal).startswith(_NOT_REGISTERED):
                raise
            clear = GlobusConnectionError(str(refusal), refusal, request_began=False)
            clear.final = True
            raise clear from refusal
        finally:
            # What a passthrough may have left open, besides a body that is still being read.
            bridge.close()

    return call
