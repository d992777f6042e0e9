"""Going through a long list, page by page, against asking for the same pages one by one."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from statistics import median
from urllib.parse import parse_qs

from benchmarks.figures import milliseconds
from benchmarks.loopback import Loopback
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Peer, Row
from globus_transport import Headers, Request, Response, TransferClient

_PAGE = 100
_ITEMS, _CALLS = "items()", "the single calls"
_JSON = Headers({"Content-Type": "application/json"})


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time and peak memory, with a terminal that answers from memory."""
    total = size.pages * _PAGE
    document = [{"DATA_TYPE": "task", "task_id": f"task-{number}", "status": "SUCCEEDED"} for number in range(_PAGE)]
    page = json.dumps({"DATA": document, "total": total}).encode()

    def answer(request: Request) -> Response:
        assert "offset" in parse_qs(request.url.target.partition("?")[2])
        return Response(200, _JSON, page, None, "OK", request)

    with TransferClient(base_url=server.url, terminal=answer) as client:

        def through_items() -> int:
            return sum(1 for _ in client.task_list.items(limit=_PAGE))

        def through_calls() -> int:
            return sum(1 for offset in range(0, total, _PAGE) for _ in client.task_list(limit=_PAGE, offset=offset))

        def one_page() -> int:
            return sum(1 for _ in client.task_list(limit=_PAGE, offset=0))

        assert through_items() == through_calls() == total
        times = interleaved(
            {_ITEMS: cpu_time_of(through_items, 1), _CALLS: cpu_time_of(through_calls, 1)}, size.page_rounds
        )
        peaks = [_peak_of(through_items), _peak_of(one_page)]
    return [
        Row(
            f"{total:,} items in pages of {_PAGE}: CPU",
            milliseconds(median(times[_ITEMS])),
            peers_of(times, _ITEMS, milliseconds, {_CALLS: 1.1}),
        ),
        Row(
            "of that the peak memory",
            f"{peaks[0] / 1e3:.0f} kB",
            [Peer("one page", f"{peaks[1] / 1e3:.0f} kB")],
        ),
    ]


def _peak_of(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
