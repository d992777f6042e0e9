"""Every exception that the package raises by itself.

``GlobusError`` is the root. ``GlobusSDKUsageError`` means that the caller can
mend the call; ``NetworkError`` that no reply came; ``GlobusAPIError`` (in
``globus_transport.exc.api``) that the service said no.
"""

from __future__ import annotations


class GlobusError(Exception):
    """The root of this package's exceptions."""


class GlobusSDKUsageError(GlobusError, ValueError):
    """A call that cannot be right whatever the service answers. Nothing was sent."""


class MiddlewareError(GlobusSDKUsageError, TypeError):
    """A middleware that breaks the protocol of :mod:`globus_transport.core.flow`; the text names it."""


class ReplyFormatError(GlobusError, ValueError):
    """The service answered with success, but its body is not what the reply promises."""


class RedirectError(GlobusError):
    """A redirect that cannot be followed: a loop, no ``Location``, or a body that is gone."""


class NetworkError(GlobusError):
    """No complete reply arrived.

    :ivar underlying_exception: what the terminal's HTTP library raised (also ``__cause__``), or ``None``
    :ivar request_began: whether any byte of the request can have reached the server. Only when this
        is ``False`` is it certain that the server did nothing.
    :ivar final: whether the call must not be repeated even if its own request may be: what failed
        is a token grant that the call needed, whose answer may be lost
    """

    final = False

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = True) -> None:
        super().__init__(msg)
        self.underlying_exception = exc
        self.request_began = request_began

    def __reduce__(self) -> tuple[object, ...]:
        # The original exception often holds a socket or a pool, which cannot be pickled.
        return (_rebuild_network_error, (type(self), str(self), self.request_began, self.final))


def _rebuild_network_error(kind: type[NetworkError], msg: str, request_began: bool, final: bool) -> NetworkError:
    error = kind(msg, request_began=request_began)
    error.final = final
    return error


class GlobusTimeoutError(NetworkError):
    """The time allowed for a request ran out."""


class GlobusConnectionTimeoutError(GlobusTimeoutError):
    """The time allowed for making the connection ran out: the server saw nothing."""

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = False) -> None:
        super().__init__(msg, exc, request_began=request_began)


class GlobusConnectionError(NetworkError):
    """The connection could not be made, or broke before the reply was complete."""


class ValidationError(GlobusError, ValueError):
    """Data from somewhere else, such as a document or a file, is not what it should be; the message says which part."""
