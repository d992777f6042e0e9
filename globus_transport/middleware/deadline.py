"""A time limit for a whole call, including its retries, renewals, redirects and waits."""

from __future__ import annotations

import time

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request
from globus_transport.http.numbers import is_number


@attrs.frozen
class Deadline:
    """Set a deadline for every call. A request that has an earlier deadline keeps it.

    The terminal shortens its timeouts to the time that is left, and the retry layer does not begin a wait that would
    end after the deadline. The deadline also limits the reading of a streamed body.

    :param seconds: time limit for the whole call; ``None`` for no limit
    :raises GlobusSDKUsageError: if ``seconds`` is not above 0
    """

    seconds: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.seconds is not None and not is_number(self.seconds, above=0):
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
