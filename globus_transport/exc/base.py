"""The base classes of exceptions, and the network errors.

``GlobusError`` is the root. A ``GlobusSDKUsageError`` means that the caller has to fix the call, a ``NetworkError``
that no complete response arrived, and a ``GlobusAPIError`` (in :mod:`globus_transport.exc.api`) that the service
responded with an error.
"""

from __future__ import annotations

from globus_transport import http


class GlobusError(Exception):
    """The root of this package's exceptions."""

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        return http.html_tables.html_table(type(self).__name__, self._html_rows())

    def _html_rows(self) -> list[tuple[str, str]]:
        return [("message", str(self))]


class GlobusSDKUsageError(GlobusError, ValueError):
    """The call is invalid, whatever the service's state. No request was sent."""


class MiddlewareError(GlobusSDKUsageError, TypeError):
    """A middleware violates the protocol of :mod:`globus_transport.core.flow`; the message names the middleware."""


class ReplyFormatError(GlobusError, ValueError):
    """The service reported success, but the body does not have the expected format."""


class RedirectError(GlobusError):
    """A redirect cannot be followed: it is a loop, has no ``Location``, or the request's body cannot be sent again."""


class NetworkError(GlobusError):
    """No complete response arrived.

    :ivar underlying_exception: the exception of the terminal's HTTP library (also the ``__cause__``), or ``None``
    :ivar request_began: whether any byte of the request may have reached the server. Only ``False`` guarantees that
        the server did nothing
    :ivar final: whether the call must not be repeated, even if its own request may be. The next try would fail in the
        same way (a certificate that is not trusted, a proxy that refuses, an answer that is no HTTP), or the failed
        request is a token grant for the call, and its response may be lost
    :ivar msg: what went wrong
    :ivar exc: the underlying exception; ``None`` if there is none
    """

    final = False

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = True) -> None:
        super().__init__(msg)
        self.underlying_exception = exc
        self.request_began = request_began

    @property
    def message(self) -> str:
        """What went wrong, as text."""
        return str(self)

    def _html_rows(self) -> list[tuple[str, str]]:
        reached = "may have reached the server" if self.request_began else "did not reach the server"
        return [*super()._html_rows(), ("request", reached)]

    def __reduce__(self) -> tuple[object, ...]:
        # The underlying exception is left out: it often holds a socket or a pool, which cannot be pickled.
        return (_rebuild_network_error, (type(self), str(self), self.request_began, self.final))


def _rebuild_network_error(cls: type[NetworkError], msg: str, request_began: bool, final: bool) -> NetworkError:
    error = cls(msg, request_began=request_began)
    error.final = final
    return error


class GlobusTimeoutError(NetworkError):
    """The request timed out."""


class GlobusConnectionTimeoutError(GlobusTimeoutError):
    """The connection attempt timed out. The server received nothing.

    :param msg: what went wrong
    :param exc: the underlying exception; ``None`` if there is none
    """

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = False) -> None:
        super().__init__(msg, exc, request_began=request_began)


class GlobusConnectionError(NetworkError):
    """The connection could not be made, or it broke before the response was complete."""


class ValidationError(GlobusError, ValueError):
    """Data from outside, such as a document or a file, is invalid; the message names the part."""
