"""Sends a GET a second time when its answer takes longer than usual, and takes whichever comes first.

The idea is from J. Dean and L. A. Barroso, "The Tail at Scale", Communications of the ACM 56 (2013).
"""

from __future__ import annotations

import time
from typing import Any

from globus_transport.core import events
from globus_transport.core.flow import Flow, Hedge
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.latencies import Latencies
from globus_transport.middleware.retry.config import RetryBudget

_MOST_KINDS = 256


class Hedging:
    """Send a GET a second time, beside the first, once it has taken longer than most of its kind.

    The layer learns how long the calls of a route take (of an origin, for requests without a route), and starts to
    hedge after twenty. Only GETs are hedged whose body is not streamed. Stands below the retry layer::

        client = client.with_stack(client.stack.add(Hedging(), after="retry"))

    From then on, under threads each such GET is sent in a thread of its own, which costs more than the other layers
    do; see ``python -m benchmarks``. It is for services whose slowest answers take far longer than that.

    :param percentile: of the calls before, which a call has to outlast; above 0 and below 100
    :param at_least: seconds that the first answer is always given
    :param samples: calls of a kind that are remembered; at least 20
    :param budget: second sends that the layer may make in all, so that a service that has become slow does not get
        twice the load
    :raises GlobusSDKUsageError: if a number is out of its range
    """

    def __init__(
        self,
        percentile: float = 95.0,
        *,
        at_least: float = 0.01,
        samples: int = 100,
        budget: RetryBudget | None = None,
    ) -> None:
        if not 0 < percentile < 100:
            raise GlobusSDKUsageError(f"Hedging(percentile={percentile!r}): give a number above 0 and below 100")
        if not at_least >= 0:
            raise GlobusSDKUsageError(f"Hedging(at_least={at_least!r}): give seconds that are not negative")
        if samples < Latencies.FEWEST:
            raise GlobusSDKUsageError(f"Hedging(samples={samples!r}): at least {Latencies.FEWEST} make a percentile")
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
        latencies = self._of_kind(request.route or request.url.origin)
        started = time.monotonic()
        usual = latencies.usual
        if usual is None:
            response = yield request
        else:
            after = max(usual, self.at_least)
            response = yield Hedge(request, after, lambda: self._may_hedge(request, after))
        latencies.add(time.monotonic() - started)
        return response

    def _may_hedge(self, request: Request, after: float) -> bool:
        if not self.budget.take():
            return False
        if request.notify is not None:
            request.notify(events.Hedged(request, after))
        return True

    def _of_kind(self, kind: str) -> Latencies:
        latencies = self._kinds.get(kind)
        if latencies is None:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds = {}
            latencies = self._kinds.setdefault(kind, Latencies(self.percentile, self.samples))
        return latencies

    def __str__(self) -> str:
        return f"a second GET once the first takes longer than {self.percentile:g} % of those before"

    def __getstate__(self) -> dict[str, Any]:
        # What was learned stays behind: elsewhere the network is another one.
        return {**vars(self), "_kinds": {}}
