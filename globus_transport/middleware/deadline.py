"""One time budget for a whole call: its retries, renewals, redirects and waits included."""

from __future__ import annotations

import time

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request


@attrs.frozen
class Deadline:
    """Give every call a deadline; a request that brings an earlier one keeps it.

    The terminal cuts its time-outs to what is left, and the retry layer does not begin a wait that
    would pass it. For a streamed body it bounds the reading too.

    :param seconds: for the whole call; ``None`` for no limit
    :raises GlobusSDKUsageError: if ``seconds`` is not above 0
    """

    seconds: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.seconds is not None and not self.seconds > 0:
            raise GlobusSDKUsageError(f"a deadline of {self.seconds!r} s: give seconds above 0, or None for no limit")

    def __call__(self, request: Request) -> Request:
        if self.seconds is None:
            return request
        latest = time.monotonic() + self.seconds
        if request.deadline is not None and request.deadline <= latest:
            return request
        return request.with_deadline(latest)

    def __str__(self) -> str:
        return "none" if self.seconds is None else f"{self.seconds:g} s for the whole call"
