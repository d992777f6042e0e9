"""A Sphinx extension that lists, from the code, what the sandbox answers, and the routes of its control API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from rst import directive, indented
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.control.app import create_control_app, list_of_routes
from globus_transport.sandbox.recorded_answers import is_recorded
from globus_transport.sandbox.route_names import routes_of
from globus_transport.sandbox.services import SERVICES
from globus_transport.sandbox.state import State


class SandboxRoutes(SphinxDirective):
    """``.. sandbox-routes::`` inserts a table for each service: its routes, and which are recorded answers."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        return self.parse_text_to_nodes("\n".join(_services(Sandbox()._state)))


class ControlRoutes(SphinxDirective):
    """``.. control-routes::`` inserts the table of the control API."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        routes = list_of_routes(create_control_app(Sandbox()))
        rows = [(f"``{route['method']} {route['path']}``", route["does"]) for route in routes]
        return self.parse_text_to_nodes("\n".join(_table(("request", "does"), rows)))


def _services(state: State) -> Iterator[str]:
    for name, service in SERVICES.items():
        app = service.create_app(state)
        rows = []
        for route in routes_of(name):
            answers = "recorded" if is_recorded(app, route) else "state"
            rows.append((f"``{route.method} {route.path}``", f"``{route.name}``", answers))
        kept = sum(row[2] == "state" for row in rows)
        yield from ("", f"**{name}**: {kept} of {len(rows)} routes with state", "")
        yield from _table(("request", "route", "answer"), rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [":header-rows: 1", ""]
    for row in [head, *sorted(rows)]:
        cells = [f"- {cell}" for cell in row]
        lines += [f"* {cells[0]}", *(line[1:] for line in indented(cells[1:]))]
    return directive("list-table", "", lines)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("sandbox-routes", SandboxRoutes)
    app.add_directive("control-routes", ControlRoutes)
    return {"parallel_read_safe": True}
