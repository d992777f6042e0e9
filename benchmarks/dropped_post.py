"""A POST whose connection is dropped after the server has read it, and may have carried it out."""

from __future__ import annotations

from contextlib import suppress
from unittest.mock import patch

from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, PACKAGES, Package
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row


def measure(server: Loopback, _size: Size) -> list[Row]:
    """How often the server saw it."""
    seen = {package.name: _times_seen(server, package) for package in PACKAGES}
    ours = seen.pop(OURS)
    peers = [Peer(name, _times(number)) for name, number in seen.items()]
    return [Row("a POST dropped after it was sent: seen", _times(ours), peers, Goal("once", ours == 1))]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _times_seen(server: Loopback, package: Package) -> int:
    server.reset()
    with package.client(server) as client:
        # On a connection that served a call before: this is where a client may think that it was stale.
        client.get_task(TASK_ID)
        # How long a client waits between its attempts is not what is measured.
        with patch("time.sleep", _do_not_sleep), suppress(package.error):
            client.post("/drop", data={"DATA_TYPE": "mkdir", "path": "/~/new"})
            raise RuntimeError(f"{package.name} had a reply, though the connection was dropped")
    return server.counts().get("dropped", 0)


def _do_not_sleep(_seconds: float) -> None:
    """In the place of ``time.sleep``."""
