"""Sends a request again after a temporary failure, when that is safe. The pauses
grow."""

import random
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

import attrs

from globus_transport import (
    Flow,
    NetworkError,
    Place,
    Request,
    Response,
    read,
    send,
    sleep,
)


@attrs.frozen
class Retries:
    """Repeat a request after a network error, or after one of some statuses.

    :param total: number of attempts after the first
    :param statuses: after which another attempt may succeed
    :param backoff: the first pause in seconds; each further pause is twice as long
    :param jitter: the part of a pause, from 0 to 1, that is random, so that clients do
        not come back together
    :param longest: seconds; the pauses stop growing there, and a longer ``Retry-After``
        ends the call
    """

    total: int = attrs.field(default=5, validator=attrs.validators.ge(0))
    statuses: frozenset[int] = attrs.field(
        default=frozenset({429, 502, 503, 504}), converter=frozenset, kw_only=True
    )
    backoff: float = attrs.field(
        default=0.5, validator=attrs.validators.ge(0), kw_only=True
    )
    jitter: float = attrs.field(
        default=1.0,
        validator=[attrs.validators.ge(0), attrs.validators.le(1)],
        kw_only=True,
    )
    longest: float = attrs.field(
        default=60.0, validator=attrs.validators.ge(0), kw_only=True
    )

    place = Place(
        after=("errors", "redirect"), reason="it needs the status of each response"
    )

    def __call__(self, request: Request) -> Flow:
        for attempt in range(self.total):
            pause = min(self.backoff * 2**attempt, self.longest)
            pause *= 1 - self.jitter * random.random()
            try:
                response = yield from send(attrs.evolve(request, attempt=attempt + 1))
            except NetworkError as error:
                never_arrived = request.can_replay and not error.request_began
                if (
                    error.final
                    or not (request.may_repeat or never_arrived)
                    or self._is_too_long(request, pause)
                ):
                    raise
            else:
                pause = max(pause, _retry_after(response))
                if (
                    response.status not in self.statuses
                    or not request.may_repeat
                    or self._is_too_long(request, pause)
                ):
                    return response
                if response.stream is not None:
                    # The next attempt can use the same connection.
                    yield from read(response, 1 << 16)
            yield from sleep(pause)
        return (yield from send(attrs.evolve(request, attempt=self.total + 1)))

    def _is_too_long(self, request: Request, pause: float) -> bool:
        return pause > self.longest or (
            request.deadline is not None
            and time.monotonic() + pause >= request.deadline
        )

    def __str__(self) -> str:
        statuses = ", ".join(map(str, sorted(self.statuses)))
        return f"up to {self.total} retries after {statuses}"


def _retry_after(response: Response) -> float:
    """Seconds that the server asks to wait (RFC 9110, section 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(
            0.0,
            parsedate_to_datetime(text).replace(tzinfo=UTC).timestamp() - time.time(),
        )
    except (ValueError, OverflowError):
        return 0.0
