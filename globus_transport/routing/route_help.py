"""The documentation of a route, as ``help()`` and ``?`` show it: complete, though its stub tells only what is special.

A parameter that the stub does not describe is described by the route that makes what this one updates
(``create_project`` for ``update_project``), by the table's ``parameter_help``, or by its marker. What every call may
raise is added at the end.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from globus_transport.routing.parameters import MoreFields, MoreQuery

# A role, such as :class:`X`, may begin a line as well.
_FIELD = re.compile(r":(\w+)(?: ([^:]*))?:(?:\s|$)").match
_MARKED = {
    MoreQuery: "further parameters of the query, which replace those of the same name",
    MoreFields: "further fields of the body, which replace those of the same name",
}


class _Entry(NamedTuple):
    """One field of a docstring, such as ``:param limit: number of items``, with its further lines."""

    kind: str
    names: tuple[str, ...]
    lines: list[str]


def write_help(
    function: Callable[..., Any],
    parameters: Sequence[str],
    table: type | None,
    *,
    error_class: type[Exception] | None = None,
) -> str:
    """The complete documentation of a route.

    :param function: the stub
    :param parameters: the names of its parameters
    :param table: the class that declares it
    :param error_class: of the service's errors; without it, what every call may raise is left out
    """
    text, entries = _parse(inspect.getdoc(function) or "")
    described = {name: entry for entry in entries if entry.kind == "param" for name in entry.names}
    lines: list[str] = []
    for name in parameters:
        entry = described.get(name) or _describe(name, function, table)
        if entry is not None and entry.lines[0] not in lines:
            lines += entry.lines
    raised = [entry for entry in entries if entry.kind == "raises"]
    for entry in entries:
        if entry.kind not in ("param", "raises"):
            lines += entry.lines
    for entry in raised:
        lines += entry.lines
    if error_class is not None:
        lines += _common_errors(error_class, {name for entry in raised for name in entry.names})
    return "\n".join([*text, "", *lines] if lines else text)


def _parse(docstring: str) -> tuple[list[str], list[_Entry]]:
    """The text before the fields of a docstring, and the fields."""
    text: list[str] = []
    entries: list[_Entry] = []
    for line in docstring.splitlines():
        field = _FIELD(line)
        if field is not None:
            names = tuple(name.strip() for name in (field[2] or "").split(","))
            entries.append(_Entry(field[1], names, [line]))
        elif entries:
            entries[-1].lines.append(line)
        else:
            text.append(line)
    while text and not text[-1]:
        text.pop()
    return text, entries


def _describe(name: str, function: Callable[..., Any], table: type | None) -> _Entry | None:
    for entry in _entries_of_twin(function.__name__, table):
        if name in entry.names:
            # The others that it describes may not be parameters here.
            lines = [entry.lines[0].replace(", ".join(entry.names), name, 1), *entry.lines[1:]]
            return _Entry("param", (name,), lines)
    help_of_table: Mapping[str, str] = getattr(table, "parameter_help", {})
    about = help_of_table.get(name) or _about_marker(function, name)
    return None if about is None else _Entry("param", (name,), [f":param {name}: {about}"])


def _entries_of_twin(name: str, table: type | None) -> Iterator[_Entry]:
    verb, _, thing = name.partition("_")
    twin = getattr(table, f"create_{thing}", None) if verb == "update" else None
    if twin is not None:
        yield from (entry for entry in _parse(inspect.getdoc(twin.function) or "")[1] if entry.kind == "param")


def _about_marker(function: Callable[..., Any], name: str) -> str | None:
    hints = inspect.get_annotations(function, eval_str=True)
    markers = getattr(hints.get(name), "__metadata__", ())
    return next((_MARKED[type(marker)] for marker in markers if type(marker) in _MARKED), None)


def _common_errors(error_class: type[Exception], said: set[str]) -> list[str]:
    common = {
        "GlobusSDKUsageError": "if an argument cannot be sent; no request was made",
        error_class.__name__: "if the service refuses the request",
        "NetworkError": "if no complete response arrives",
    }
    return [f":raises {name}: {when}" for name, when in common.items() if name not in said]
