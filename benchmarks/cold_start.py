"""From starting Python to the first reply."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks.figures import milliseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, THEIRS
from benchmarks.processes import run_program
from benchmarks.rounds import interleaved, peers_of, wall_time_of
from benchmarks.sizes import Size
from benchmarks.table import Row

_CLIENT_SCRIPT = f"""
import sys, time
from {{package}} import ConfidentialAppAuthClient, RefreshTokenAuthorizer, TransferClient
auth_client = ConfidentialAppAuthClient({TASK_ID!r}, "secret", base_url=sys.argv[1])
authorizer = RefreshTokenAuthorizer(
    "refresh", auth_client, access_token="access", expires_at=int(time.time()) + 3600
)
with auth_client, TransferClient(base_url=sys.argv[1], authorizer=authorizer) as client:
    print(client.get_task({TASK_ID!r})["status"])
"""
_WITHOUT_ORJSON = "import sys; sys.modules['orjson'] = None\n"
_WITH_FAST = f"{OURS} with the extra fast"


def measure(server: Loopback, size: Size) -> list[Row]:
    """Wall time of the whole program, Python's own start included."""

    def program(text: str) -> Callable[[], object]:
        return lambda: run_program(text, server.url, server.task_url)

    ours = _CLIENT_SCRIPT.format(package="globus_transport")
    programs = {
        OURS: program(_WITHOUT_ORJSON + ours),
        _WITH_FAST: program(ours),
        THEIRS: program(_CLIENT_SCRIPT.format(package="globus_sdk")),
    }
    times = interleaved({name: wall_time_of(run) for name, run in programs.items()}, size.process_rounds)
    peers = peers_of(times, OURS, milliseconds, {THEIRS: 0.9})
    return [Row("cold start: python to first reply", milliseconds(median(times[OURS])), peers)]
