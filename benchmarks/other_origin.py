"""Requests that leave the client's own origin: does the token go along?"""

from __future__ import annotations

from benchmarks.loopback import Loopback
from benchmarks.packages import OURS, PACKAGES, Package
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row


def measure(server: Loopback, _size: Size) -> list[Row]:
    """Of the requests that arrived elsewhere, how many brought the token."""
    rows = []
    for case, path in _cases(server).items():
        carried = {package.name: _carried(server, package, path) for package in PACKAGES}
        ours = carried.pop(OURS)
        peers = [Peer(name, _of_one(number)) for name, number in carried.items()]
        rows.append(Row(f"a token sent to another origin: {case}", _of_one(ours), peers, Goal("never", ours == 0)))
    return rows


def _cases(server: Loopback) -> dict[str, str]:
    host, port = f"{server.other_host_url}/elsewhere", f"{server.other_url}/elsewhere"
    return {
        "full URL, other host": host,
        "full URL, other port": port,
        "redirect, other host": f"/away?to={host}",
        "redirect, other port": f"/away?to={port}",
    }


def _of_one(number: int) -> str:
    return "sent" if number else "not sent"


def _carried(server: Loopback, package: Package, path: str) -> int:
    server.reset()
    with package.client(server) as client:
        if path.startswith("/away?"):
            client.get("/away", query_params={"to": path.removeprefix("/away?to=")})
        else:
            client.get(path)
    counts = server.counts()
    if counts.get("elsewhere") != 1:
        raise RuntimeError(f"{package.name}: {counts} arrived elsewhere instead of 1 request")
    return counts.get("elsewhere with a token", 0)
