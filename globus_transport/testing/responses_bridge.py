"""Connects the default terminals to ``responses``, which mocks the adapter of ``requests``.

While a mock of ``responses`` is active, the default terminals send their requests with ``requests``, so that the mock
answers. Without an active mock they send as usual.
"""

from __future__ import annotations

import attrs
from requests.adapters import HTTPAdapter

from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.settings import ConnectionSettings
from globus_transport.terminals.threads import Cancellable, ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.patched_terminals import PatchedTerminals

_REAL_SEND = HTTPAdapter.send
_NOT_REGISTERED = "Connection refused by Responses"


class use_responses(PatchedTerminals):
    """Make ``responses`` answer for every client with the default terminal, from now on.

    This includes clients that exist already, and clients under asyncio. As a context manager
    (``with use_responses():``) it ends with the block, otherwise with :meth:`stop`.

    A request without a registered reply fails at once and is not retried.
    """

    def __init__(self) -> None:
        super().__init__()
        send, cancellable, send_async = Urllib3Terminal.__call__, Urllib3Terminal.cancellable, AsyncioTerminal.__call__

        def call(terminal: Urllib3Terminal, request: Request) -> Response:
            return _answer(terminal, request) if _has_mock() else send(terminal, request)

        def call_cancellable(terminal: Urllib3Terminal, request: Request) -> Cancellable:
            return _Answering(terminal, request) if _has_mock() else cancellable(terminal, request)

        async def call_async(terminal: AsyncioTerminal, request: Request) -> Response:
            if not _has_mock():
                return await send_async(terminal, request)
            return await ThreadsTerminal(lambda request: _answer(terminal, request))(request)

        self._replace(Urllib3Terminal, "__call__", call)
        self._replace(Urllib3Terminal, "cancellable", call_cancellable)
        self._replace(AsyncioTerminal, "__call__", call_async)


def _has_mock() -> bool:
    return HTTPAdapter.send is not _REAL_SEND


@attrs.frozen
class _Answering:
    """An answer of the mock, as a call that can be cancelled."""

    _terminal: ConnectionSettings
    _request: Request

    def run(self) -> Response:
        return _answer(self._terminal, self._request)

    def cancel(self) -> None:
        """Does nothing: a mock answers at once."""


def _answer(terminal: ConnectionSettings, request: Request) -> Response:
    adapter = RequestsTerminal(http_timeout=terminal.http_timeout, connect_timeout=terminal.connect_timeout)
    adapter.session.verify = terminal.verify_ssl
    try:
        return adapter(request)
    except GlobusConnectionError as error:
        refusal = error.underlying_exception
        if not str(refusal).startswith(_NOT_REGISTERED):
            raise
        unregistered = GlobusConnectionError(str(refusal), refusal, request_began=False)
        unregistered.final = True
        raise unregistered from refusal
    finally:
        # Closes idle connections of a passthrough. A body that is still being read keeps its own.
        adapter.close()
