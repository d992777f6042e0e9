"""Sends a GET a second time when its response takes longer than usual, and uses the response that comes first.

The idea is from J. Dean and L. A. Barroso, "The Tail at Scale", Communications of the ACM 56 (2013).
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import Any

from globus_transport.core import events
from globus_transport.core.flow import Flow, Hedge
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.middleware.retry.config import RetryBudget

#: Fewer durations do not make a percentile.
MIN_SAMPLES = 20
#: The percentile is computed again after this many calls, because it needs a sort.
_UPDATE_INTERVAL = 10
_MAX_KINDS = 256


class Hedging:
    """Send a GET a second time, in parallel, once it has taken longer than most GETs of its kind.

    The layer measures how long the calls of a route take (of an origin, for requests without a route), and starts to
    hedge after twenty calls. Only GETs whose body is not streamed are hedged. Place it below the retry layer::

        client = client.with_stack(client.stack.add(Hedging(), after="retry"))

    Under threads, each GET that may be hedged is sent in a thread of its own, which costs more time than other layers
    do. Use it for services whose slowest responses take far longer than that.

    :param percentile: percentile of the durations of earlier calls after which the second request is sent; above 0
        and below 100
    :param at_least: seconds to wait for the first response in any case
    :param samples: number of durations of a kind that are kept; at least 20
    :param budget: limits the number of second requests, so that a service that has become slow does not get twice the
        load
    :raises GlobusSDKUsageError: if a number is out of range
    """

    def __init__(
        self,
        percentile: float = 95.0,
        *,
        at_least: float = 0.01,
        samples: int = 100,
        budget: RetryBudget | None = None,
    ) -> None:
        if not is_number(percentile, above=0, below=100):
            raise GlobusSDKUsageError(f"Hedging(percentile={percentile!r}): give a number above 0 and below 100")
        if not is_number(at_least, at_least=0):
            raise GlobusSDKUsageError(f"Hedging(at_least={at_least!r}): give seconds that are not negative")
        if not is_number(samples, at_least=MIN_SAMPLES):
            raise GlobusSDKUsageError(f"Hedging(samples={samples!r}): give a number of at least {MIN_SAMPLES}")
        self.percentile = percentile
        self.at_least = at_least
        self.samples = samples
        self.budget = RetryBudget() if budget is None else budget
        self._kinds: dict[str, Latencies] = {}

    def __call__(self, request: Request) -> Flow:
        response: Response
        if request.method != "GET" or request.stream or not request.may_repeat:
            response = yield request
            return response
        latencies = self._get_latencies(request.route or request.url.origin)
        started = time.monotonic()
        usual = latencies.usual
        if usual is None:
            response = yield request
        else:
            delay = max(usual, self.at_least)
            response = yield Hedge(request, delay, lambda: self._may_hedge(request, delay))
        latencies.add(time.monotonic() - started)
        return response

    def _may_hedge(self, request: Request, delay: float) -> bool:
        if not self.budget.take():
            return False
        if request.notify is not None:
            request.notify(events.Hedged(request, delay))
        return True

    def _get_latencies(self, kind: str) -> Latencies:
        latencies = self._kinds.get(kind)
        if latencies is None:
            if len(self._kinds) >= _MAX_KINDS:
                self._kinds = {}
            latencies = self._kinds.setdefault(kind, Latencies(self.percentile, self.samples))
        return latencies

    def __str__(self) -> str:
        return f"a second GET once the first takes longer than {self.percentile:g} % of those before"

    def __getstate__(self) -> dict[str, Any]:
        # A copy may run on another network, where these durations do not hold.
        return {**vars(self), "_kinds": {}}


class Latencies(PerProcess):
    """The last durations of one kind of call, and a percentile of them. Threads may share it.

    :param percentile: above 0 and below 100
    :param size: number of durations that are kept
    """

    _process_state = ("_lock",)

    def __init__(self, percentile: float, size: int) -> None:
        self._percentile = percentile
        self._seconds: deque[float] = deque(maxlen=size)
        self._count = 0
        self._usual: float | None = None
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()

    def add(self, seconds: float) -> None:
        """Add the duration of a call."""
        with self._lock:
            self._seconds.append(seconds)
            self._count += 1
            if self._count < MIN_SAMPLES or self._count % _UPDATE_INTERVAL:
                return
            seen = list(self._seconds)
        seen.sort()
        self._usual = seen[math.ceil(len(seen) * self._percentile / 100) - 1]

    @property
    def usual(self) -> float | None:
        """The percentile (nearest rank), in seconds, at most ten calls old; ``None`` before there are enough calls."""
        return self._usual
