"""The reference leads from each route to the service's own documentation."""

from __future__ import annotations

import inspect
import runpy
from typing import Any

import pytest

from globus_transport.sandbox.route_names import TABLES, routes_of
from tests.docs.examples import DOCS

PAGES: dict[str, str] = runpy.run_path(str(DOCS / "_ext" / "service_pages.py"))["PAGES"]
NAMES = {"connect_server": "globus_connect_server"}
_ALL = [(service, route) for service in TABLES for route in routes_of(service)]
ROUTES = [pytest.param(service, route, id=f"{service}.{route.name}") for service, route in _ALL]


@pytest.mark.parametrize(("service", "route"), ROUTES)
def test_a_route_has_a_link(service: str, route: Any) -> None:
    own = "https://" in (inspect.getdoc(route.function) or "")
    assert own or PAGES[f"{NAMES.get(service, service)}.{route.name}"].startswith("https://")


def test_no_link_is_left_over() -> None:
    known = {f"{NAMES.get(service, service)}.{route.name}" for service, route in _ALL}
    assert {*PAGES} <= known
