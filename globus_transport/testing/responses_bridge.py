"""Connects the default terminal, which runs on urllib3, to ``responses``, which mocks the adapter of ``requests``.

While a mock of ``responses`` is active, the default terminal sends its requests with ``requests``, so that the mock
answers. Without an active mock it sends as usual.
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
    """Make ``responses`` answer for every client with the default terminal, from now on.

    This includes clients that exist already, and clients under asyncio. As a context manager
    (``with use_responses():``) it ends with the block, otherwise with :meth:`stop`.

    A request without a registered reply fails at once and is not retried.
    """

    def __init__(self) -> None:
        self._original_call = Urllib3Terminal.__call__
        _replace_call(_call_through_responses(self._original_call))

    def stop(self) -> None:
        """Make the clients send as usual again. A second call changes nothing."""
        _replace_call(self._original_call)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _replace_call(call: Callable[[Urllib3Terminal, Request], Response]) -> None:
    # Python looks up __call__ on the class, so this affects the terminals of existing stacks too.
    Urllib3Terminal.__call__ = call  # type: ignore[method-assign, assignment]


def _call_through_responses(
    original_call: Callable[[Urllib3Terminal, Request], Response],
) -> Callable[[Urllib3Terminal, Request], Response]:
    def call(terminal: Urllib3Terminal, request: Request) -> Response:
        if HTTPAdapter.send is _REAL_SEND:
            return original_call(terminal, request)
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

    return call
