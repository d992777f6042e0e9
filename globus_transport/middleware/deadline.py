"""One time budget for a whole call: its retries, renewals, redirects and waits included."""

from __future__ import annotations

import time

import attrs

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.flow import Flow
from globus_transport.messages import Request, Response


def _check(_deadline: Deadline, _attribute: attrs.Attribute[float | None], seconds: float | None) -> None:
    if seconds is not None and not seconds > 0:
        raise GlobusSDKUsageError(f"a deadline of {seconds!r} s: give seconds above 0, or None for no limit")


@attrs.frozen
class Deadline:
    """Give every call a deadline; a request that brings an earlier one keeps it.

    The terminal cuts its time-outs to what is left, and the retry layer does not begin a wait that
    would pass it. For a streamed body it bounds the reading too.

    :param seconds: for the whole call; ``None`` for no limit
    :raises GlobusSDKUsageError: if ``seconds`` is not above 0
    """

    seconds: float | None = attrs.field(default=None, validator=_check)

    def __call__(self, request: Request) -> Flow:
        if self.seconds is not None:
            latest = time.monotonic() + self.seconds
            if request.deadline is None or request.deadline > latest:
                request = attrs.evolve(request, deadline=latest)
        response: Response = yield request
        return response

    def __str__(self) -> str:
        return "none" if self.seconds is None else f"{self.seconds:g} s for the whole call"
