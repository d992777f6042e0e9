"""``python -m benchmarks``: measure everything against one loopback server, and print the table.

``python -m benchmarks soak`` makes calls through a faulty server for ten minutes, and counts what went wrong.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version

from benchmarks import (
    asyncio_calls,
    asyncio_download,
    catalogue,
    cold_start,
    cpu,
    download,
    dropped_post,
    embedding_httpx,
    embedding_requests,
    expired_token,
    imports,
    kept_connections,
    no_network,
    other_origin,
    paging,
    refused_token,
    routes,
    threads,
    tls,
    transfer_data,
)
from benchmarks.loopback import Loopback, running_server
from benchmarks.packages import extra_fast
from benchmarks.sizes import FULL, SMALL, Size
from benchmarks.soak.soak import run_soak
from benchmarks.table import Row, render

Measurement = Callable[[Loopback, Size], list[Row]]

_MEASUREMENTS: dict[str, Measurement] = {
    "CPU time": cpu.measure,
    "kept connections": kept_connections.measure,
    "threads": threads.measure,
    "the stack alone": no_network.measure,
    "cold start": cold_start.measure,
    "imports": imports.measure,
    "routes": routes.measure,
    "paging": paging.measure,
    "a large document": transfer_data.measure,
    "download": download.measure,
    "a refused token": refused_token.measure,
    "TLS": tls.measure,
    "an expired token": expired_token.measure,
    "a dropped POST": dropped_post.measure,
    "other origins": other_origin.measure,
    "the catalogue": catalogue.measure,
    "inside requests and urllib3": embedding_requests.measure,
    "inside httpx": embedding_httpx.measure,
    "asyncio": asyncio_calls.measure,
    "download under asyncio": asyncio_download.measure,
}
_LIBRARIES = ("globus_transport", "urllib3", "requests", "httpx", "aiohttp", "globus-sdk")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="only see that everything works; the figures mean little")
    parser.add_argument("--only", metavar="TEXT", default="", help="measure only what has this text in its name")
    commands = parser.add_subparsers(dest="command", title="instead of measuring")
    soak = commands.add_parser("soak", help="threads, tasks and forked children call a faulty server")
    soak.add_argument("--minutes", type=float, default=10.0, help="how long calls are begun (default: 10)")
    soak.add_argument("--seed", type=int, default=1, help="decides what is called and what goes wrong (default: 1)")
    options = parser.parse_args()
    _forget_the_environment()
    if options.command == "soak":
        report = run_soak(options.minutes * 60, options.seed)
        print(report)
        sys.exit(0 if report.is_well else 1)
    chosen = {name: measure for name, measure in _MEASUREMENTS.items() if options.only in name}
    if not chosen:
        parser.error(f"--only: {options.only!r} is in none of these names: {', '.join(_MEASUREMENTS)}")
    _measure(chosen, SMALL if options.small else FULL)


def _measure(measurements: Mapping[str, Measurement], size: Size) -> None:
    started = time.perf_counter()
    rows: list[Row] = []
    # The core dependencies alone; the measurements of the extra turn it on.
    with running_server() as server, extra_fast(False):
        for name, measure in measurements.items():
            print(f"measuring: {name}", file=sys.stderr)
            rows += measure(server, size)
    print(f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in _LIBRARIES)}")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs\n")
    print(render(rows))
    print(f"\nIn {time.perf_counter() - started:.0f} s.")


def _forget_the_environment() -> None:
    """The user's proxies and addresses lead past the server, and the user's CA file does not hold its certificate."""
    for name in list(os.environ):
        if name.lower().endswith(("_proxy", "_ca_bundle")) or name.startswith("GLOBUS_SDK_"):
            del os.environ[name]


if __name__ == "__main__":
    main()
