"""What each layer of the catalogue adds to a call: a stack of nothing else, over an answer from memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

from benchmarks.figures import microseconds
from benchmarks.loopback import Loopback
from benchmarks.rounds import cpu_time_of, interleaved
from benchmarks.service import TASK
from benchmarks.sizes import Size
from benchmarks.table import Goal, Row
from globus_transport import (
    Cache,
    CircuitBreaker,
    CompressBodies,
    ConcurrencyLimit,
    DryRun,
    Events,
    Headers,
    Hedging,
    IdempotencyKey,
    OpenTelemetry,
    RateLimit,
    Request,
    Response,
    Stack,
    StructuredLogging,
    Validate,
)
from globus_transport.core.layers import AnyMiddleware

_BARE = "no layer"
_LIMIT = 2.0
_HEADERS = Headers(
    {"Content-Type": "application/json", "Content-Length": str(len(TASK)), "Cache-Control": "max-age=3600"}
)
_REQUEST = Request("GET", "https://service.example.org/task", route="get_task")
_POST = Request("POST", "https://service.example.org/task", body=b"{}", route="submit_task")


def _nobody(_event: object) -> None:
    """Listens."""


_KEY_ON_A_POST = "idempotency key, on a POST"

#: Layers that are to cost next to nothing while they have nothing to do.
_IDLE: dict[str, Callable[[], AnyMiddleware]] = {
    "events": lambda: Events(_nobody),
    "structured logging": StructuredLogging,
    "rate limit": lambda: RateLimit(1e9, burst=1000),
    "concurrency limit": lambda: ConcurrencyLimit(4),
    "circuit breaker": CircuitBreaker,
    "validation": lambda: Validate(request=_nobody, response=_nobody),
    "compression": CompressBodies,
    "idempotency key": IdempotencyKey,
    _KEY_ON_A_POST: IdempotencyKey,
    "dry run": DryRun,
}
#: What costs more by its nature. The figure is said, and nothing is to be reached.
_BUSY: dict[str, Callable[[], AnyMiddleware]] = {
    "cache, a hit": Cache,
    "OpenTelemetry, without an SDK": OpenTelemetry,
    "hedging, each GET in its own thread": lambda: Hedging(at_least=1.0),
}


def _answer(request: Request) -> Response:
    return Response(200, _HEADERS, TASK, None, "OK", request)


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of a call through the layer, less that of a call without it."""
    stacks = {_BARE: Stack(_answer)}
    stacks |= {name: Stack(_answer, [("layer", make())]) for name, make in (_IDLE | _BUSY).items()}
    for stack in stacks.values():
        # What learns has learned, and what is loaded late is there.
        for _ in range(50):
            stack.send(_REQUEST)
    times = interleaved(
        {
            name: cpu_time_of(partial(stack.send, _POST if name == _KEY_ON_A_POST else _REQUEST), size.stack_calls)
            for name, stack in stacks.items()
        },
        size.stack_rounds,
    )
    rows = []
    for name in (*_IDLE, *_BUSY):
        added = median(ours - bare for ours, bare in zip(times[name], times[_BARE], strict=True))
        goal = Goal.at_most(added * 1e6, _LIMIT, " µs") if name in _IDLE else None
        rows.append(Row(f"a layer adds: {name}", microseconds(added), goal=goal))
    return rows
