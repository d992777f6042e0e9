"""What the layers cost: the bottom of the stack answers at once, from memory."""

from __future__ import annotations

from statistics import median
from typing import Any

import requests
from requests.adapters import BaseAdapter

from benchmarks.figures import microseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, THEIRS, our_client, their_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.service import TASK
from benchmarks.sizes import Size
from benchmarks.table import Row
from globus_transport import Headers, Request, Response

_ONLY_STACK = "the stack alone"
_HEADERS = {"Content-Type": "application/json", "Content-Length": str(len(TASK))}
_OUR_HEADERS = Headers(_HEADERS)


def _canned_terminal(request: Request) -> Response:
    return Response(200, _OUR_HEADERS, TASK, None, "OK", request)


class _CannedAdapter(BaseAdapter):
    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.reason = "OK"
        response.headers.update(_HEADERS)
        response._content = TASK
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of a whole call: arguments to request, every layer, JSON to reply."""
    with our_client(server, terminal=_canned_terminal) as ours, their_client(server) as theirs:
        theirs.transport.session.mount("http://", _CannedAdapter())
        request = ours.get_task.request(TASK_ID)
        calls = {
            OURS: lambda: ours.get_task(TASK_ID)["status"],
            THEIRS: lambda: theirs.get_task(TASK_ID)["status"],
            _ONLY_STACK: lambda: ours.stack.send(request),
        }
        times = interleaved(
            {name: cpu_time_of(call, size.stack_calls) for name, call in calls.items()}, size.stack_rounds
        )
    only_stack = times.pop(_ONLY_STACK)
    figure = median(times[OURS])
    # 25 µs where globus-sdk takes 200: as a ratio, so that it means the same on every machine.
    peers = peers_of(times, OURS, microseconds, {THEIRS: 0.125})
    return [
        Row("the stack without network", microseconds(figure), peers),
        Row("of that without routing and JSON", microseconds(median(only_stack))),
    ]
