"""What a service with many routes costs: making its client classes, and calling a route with many parameters."""

import json
from statistics import median

from benchmarks.figures import microseconds, milliseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.processes import run_program
from benchmarks.rounds import cpu_time_of, interleaved
from benchmarks.sizes import Size
from benchmarks.table import Goal, Row
from globus_transport import MISSING, BaseClient, GlobusHTTPResponse, Headers, Request, Response, RouteTable
from globus_transport.routing.parameters import Maybe
from globus_transport.routing.route import get

# What every client needs besides its routes is loaded before.
_FIRST_USE = """
import json, time, urllib3
import globus_transport.routing.client, globus_transport.routing.async_client, globus_transport.routing.route
import globus_transport.routing.paging, globus_transport.routing.parameters, globus_transport.exc.api
started = time.process_time()
from globus_transport import AuthClient, ConfidentialAppAuthClient, TransferClient
seconds = time.process_time() - started
print(json.dumps([seconds, len(TransferClient.routes) + len(AuthClient.routes)]))
"""


class _Routes(RouteTable):
    @get("/v0.10/task/{task_id}")
    def without(self, task_id: str) -> GlobusHTTPResponse:
        """A route with no optional argument."""
        raise NotImplementedError

    @get("/v0.10/task/{task_id}")
    def with_twenty(
        self,
        task_id: str,
        *,
        a0: Maybe[str] = MISSING,
        a1: Maybe[str] = MISSING,
        a2: Maybe[str] = MISSING,
        a3: Maybe[str] = MISSING,
        a4: Maybe[str] = MISSING,
        a5: Maybe[str] = MISSING,
        a6: Maybe[str] = MISSING,
        a7: Maybe[str] = MISSING,
        a8: Maybe[str] = MISSING,
        a9: Maybe[str] = MISSING,
        a10: Maybe[str] = MISSING,
        a11: Maybe[str] = MISSING,
        a12: Maybe[str] = MISSING,
        a13: Maybe[str] = MISSING,
        a14: Maybe[str] = MISSING,
        a15: Maybe[str] = MISSING,
        a16: Maybe[str] = MISSING,
        a17: Maybe[str] = MISSING,
        a18: Maybe[str] = MISSING,
        a19: Maybe[str] = MISSING,
    ) -> GlobusHTTPResponse:
        """The same with twenty."""
        raise NotImplementedError


class _Client(BaseClient, _Routes):
    """The routes, mounted."""


def _canned_terminal(request: Request) -> Response:
    return Response(200, _JSON, b"{}", None, "OK", request)


_JSON = Headers({"Content-Type": "application/json"})
_NONE, _LEFT_OUT, _GIVEN = "none", "left out", "given"


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of first use, and of a call with a terminal that answers from memory."""
    first = [json.loads(run_program(_FIRST_USE)) for _ in range(size.process_rounds)]
    classes = median(seconds for seconds, _ in first)
    values = {f"a{number}": f"value{number}" for number in range(20)}
    with _Client(base_url=server.url, terminal=_canned_terminal) as client:
        times = interleaved(
            {
                _NONE: cpu_time_of(lambda: client.without(TASK_ID), size.stack_calls),
                _LEFT_OUT: cpu_time_of(lambda: client.with_twenty(TASK_ID), size.stack_calls),
                _GIVEN: cpu_time_of(lambda: client.with_twenty(TASK_ID, **values), size.stack_calls),
            },
            size.stack_rounds,
        )
    none, left_out, given = (median(times[name]) for name in (_NONE, _LEFT_OUT, _GIVEN))
    return [
        Row(
            f"first use of the clients of {first[0][1]} routes: CPU",
            milliseconds(classes),
            goal=Goal.at_most(classes * 1e3, 15, " ms"),
        ),
        Row("a call of a route with no optional argument", microseconds(none)),
        Row(
            "with twenty of them, all left out: more",
            microseconds(left_out - none),
            goal=Goal.at_most((left_out - none) * 1e6, 10, " µs"),
        ),
        Row("with twenty of them, all given: more", microseconds(given - none)),
    ]
