"""How long the next step of a call may take: its time-out, or the rest of the deadline if that is less."""

from __future__ import annotations

import time
from threading import TIMEOUT_MAX

from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.numbers import is_number

#: Name in ``request.extensions`` of the time limits of one request: (connect, read), each in seconds or ``None``.
#: Embeddings set it, because other HTTP libraries have time-outs for each request.
TIME_LIMITS = "globus_transport.time_limits"

# Seconds. The timers of uvloop count whole milliseconds.
_TIMER_IS_EARLY = 0.002
_PASSED = "the deadline of the call has passed"


def check_time_limits(http_timeout: float | None, connect_timeout: float | None) -> None:
    """Accept seconds above 0, as many as Python can wait (292 years on Linux), and ``None``.

    :raises GlobusSDKUsageError: for anything else
    """
    for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
        if seconds is not None and not is_number(seconds, above=0, below=TIMEOUT_MAX):
            raise GlobusSDKUsageError(
                f"{name}={seconds!r}: give seconds above 0 and below {TIMEOUT_MAX:.2g}, or None for no limit"
            )


def time_left(request: Request, limit: float | None, *, began: bool = True) -> float | None:
    """Seconds for the next step; ``None`` for no limit.

    :param began: whether any byte of the request can have reached the server
    :raises GlobusTimeoutError: if the deadline has passed
    """
    if request.deadline is None:
        return limit
    left = request.deadline - time.monotonic()
    if left <= 0:
        raise deadline_passed(request, began=began)
    return left if limit is None else min(left, limit)


def deadline_passed(request: Request, cause: Exception | None = None, *, began: bool = True) -> GlobusTimeoutError:
    """The error for a call whose deadline has passed.

    :param began: whether any byte of the request can have reached the server
    """
    return GlobusTimeoutError(f"{request!r}: {_PASSED}", cause, request_began=began)


def ends_now(request: Request) -> bool:
    """Whether the deadline of a request whose time is over is the reason."""
    return request.deadline is not None and request.deadline - time.monotonic() < _TIMER_IS_EARLY


def limits_of(request: Request, connect: float | None, read: float | None) -> tuple[float | None, float | None]:
    """The request's own time limits (connect, read), or the given ones."""
    if not request.extensions:
        return connect, read
    own: tuple[float | None, float | None] = request.extensions.get(TIME_LIMITS, (connect, read))
    return own


def timed_out(request: Request, what: str, limit: float | None, cause: Exception) -> GlobusTimeoutError:
    """The error for a step that took too long.

    :param what: describes the step
    """
    if ends_now(request):
        return deadline_passed(request, cause)
    return GlobusTimeoutError(f"{request!r}: {what} within {in_seconds(limit)}", cause)


def in_seconds(limit: float | None) -> str:
    """A time limit as text."""
    return "no limit" if limit is None else f"{limit:.3g} s"
