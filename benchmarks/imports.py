"""What an import costs, and what it brings along."""

from __future__ import annotations

import json
from statistics import median

from benchmarks.figures import milliseconds
from benchmarks.loopback import Loopback
from benchmarks.processes import run_program
from benchmarks.rounds import Measure, interleaved, peers_of, wall_time_of
from benchmarks.sizes import Size
from benchmarks.table import Goal, Row

_IMPORT = """
import time
started = time.perf_counter()
import {module}
elapsed = time.perf_counter() - started
import json, sys
print(json.dumps([elapsed, sorted(sys.modules)]))
"""
_OURS = "globus_transport"
_MODULES = (_OURS, "urllib3", "requests", "globus_sdk")
_UNWANTED = ("urllib3", "tenacity", "ssl", "requests")
_WITH, _WITHOUT = "python -c 'import globus_transport'", "python -c ''"


def measure(_server: Loopback, size: Size) -> list[Row]:
    """The import statement alone, a whole Python with and without it, and the modules that it loads."""
    times = interleaved({name: _import_time(name) for name in _MODULES}, size.process_rounds)
    figure = median(times[_OURS])
    whole = interleaved({_WITH: _run_time("import globus_transport"), _WITHOUT: _run_time("")}, size.process_rounds)
    loaded = [name for name in _UNWANTED if name in _run_import(_OURS)[1]]
    return [
        Row(
            "import globus_transport",
            milliseconds(figure),
            peers_of(times, _OURS, milliseconds),
            Goal.at_most(figure * 1e3, 10, " ms"),
        ),
        Row(_WITH, milliseconds(median(whole[_WITH])), peers_of(whole, _WITH, milliseconds)),
        Row(
            f"{', '.join(_UNWANTED)} loaded by it",
            ", ".join(loaded) or "none",
            goal=Goal("none", not loaded),
        ),
    ]


def _run_import(module: str) -> tuple[float, list[str]]:
    seconds, modules = json.loads(run_program(_IMPORT.format(module=module)))
    return seconds, modules


def _import_time(module: str) -> Measure:
    return lambda: _run_import(module)[0]


def _run_time(program: str) -> Measure:
    return wall_time_of(lambda: run_program(program))
