"""A Sphinx extension that shows where this package differs from globus-sdk, from the list that the tests use."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from rst import directive, indented
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_SOURCE = "tests/wire/meant_differences.py"

#: What is different, its value in globus-sdk and in this package, and the reason.
Row = tuple[str, str, str, str]


class MeantDifferences(SphinxDirective):
    """``.. meant-differences::`` inserts the table."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        file = Path(self.env.srcdir).parent / _SOURCE
        self.env.note_dependency(file)
        lines = _table(_rows(runpy.run_path(str(file))))
        return self.parse_text_to_nodes("\n".join(lines))


def _rows(listed: dict[str, Any]) -> Iterator[Row]:
    for argument, (theirs, ours) in listed["SEGMENTS"].items():
        yield f"``get_task({argument!r})``", f"GET ``{theirs}``", f"GET ``{ours}``", "an id stays in its place"
    for argument, path in listed["REFUSED"].items():
        yield (
            f"``get_task({argument!r})``",
            f"GET ``{path}``",
            ":class:`GlobusSDKUsageError`",
            "it would be another route, or no task",
        )
    for name, (theirs, ours, why) in listed["HEADERS"].items():
        yield f"``{name}``", f"``{_readable(theirs)}``", f"``{_readable(ours)}``", why
    theirs, ours = listed["ELSEWHERE"]
    yield (
        "``Authorization`` of ``get(url)``, on another server",
        _header(theirs),
        _header(ours),
        "the operator of that server could use the token",
    )
    for nothing, parameters in listed["NOTHING_FAILS"].items():
        for name in sorted(parameters):
            yield f"``{name}={nothing}``", "an error", "left out", "all other parameters are left out, too"
    for client, (theirs, ours) in listed["CONSTRUCTORS"].items():
        yield (
            f"``{client}``: parameters that the other lacks",
            _names(theirs),
            _names(ours),
            "a client has a stack, which ends in a terminal",
        )
    for name, (their_value, our_value, why) in listed["VALUES"].items():
        yield f"``{name}``", _literal(their_value), _literal(our_value), why


def _readable(value: str) -> str:
    return value.format(theirs="4.x", ours="0.x")


def _literal(value: object) -> str:
    return f"``{value!r}``" if value == "" else f"``{value}``"


def _header(value: str | None) -> str:
    return "none" if value is None else f"``{value}``"


def _names(names: set[str]) -> str:
    return ", ".join(f"``{name}``" for name in sorted(names)) or "none"


def _table(rows: Iterator[Row]) -> list[str]:
    lines = [":header-rows: 1", ":widths: 30 25 25 20", ""]
    for row in (("Call or field", "globus-sdk", "globus_transport", "Why"), *rows):
        cells = [f"- {cell}" for cell in row]
        lines += [f"* {cells[0]}", *(line[1:] for line in indented(cells[1:]))]
    return directive("list-table", "", lines)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("meant-differences", MeantDifferences)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
