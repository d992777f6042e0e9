"""Many threads that find one token expired at the same time, where a refresh token is good for one grant."""

from __future__ import annotations

import threading

from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, PACKAGES, Package
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row

THREADS = 32
_TOKEN_DELAY = 0.05
# The client knows that its token expired a minute ago, or learns it from the service's 401.
_CASES = {"expired by the clock": -60, "refused by the service": 3600}


def measure(server: Loopback, size: Size) -> list[Row]:
    """How often the token endpoint was asked, and how many calls failed; the worst of several rounds."""
    rows = []
    for case, expires_in in _CASES.items():
        outcomes = {
            package.name: [_round(server, package, expires_in) for _ in range(size.expired_rounds)]
            for package in PACKAGES
        }
        ours = outcomes.pop(OURS)
        peers = [Peer(name, _worst(theirs)) for name, theirs in outcomes.items()]
        goal = Goal("1 grant, 0 failed", set(ours) == {(1, 0)})
        rows.append(Row(f"{THREADS} threads, one token {case}", _worst(ours), peers, goal))
    return rows


def _worst(outcomes: list[tuple[int, int]]) -> str:
    grants, failed = (max(numbers) for numbers in zip(*outcomes, strict=True))
    return f"{grants} grant{'s' if grants > 1 else ''}, {failed} failed"


def _round(server: Loopback, package: Package, expires_in: int) -> tuple[int, int]:
    server.reset(token_delay=_TOKEN_DELAY)
    barrier = threading.Barrier(THREADS)
    failures: list[Exception] = []
    with package.client(server, expires_in=expires_in) as client:

        def work() -> None:
            barrier.wait()
            try:
                client.get_endpoint(TASK_ID)
            except package.error as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    counts = server.counts()
    served = counts.get("guarded, let in", 0)
    if served + len(failures) != THREADS:
        raise RuntimeError(f"{THREADS} calls: {served} were served and {len(failures)} failed")
    return counts.get("grants", 0), len(failures)
