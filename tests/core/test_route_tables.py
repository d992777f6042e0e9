"""Every route of every client can be called: a plan is made at a route's first use, so nothing else would tell."""

from __future__ import annotations

import inspect

import pytest

import globus_transport
from globus_transport import RouteTable

TABLES = [
    value
    for value in (getattr(globus_transport, name) for name in globus_transport.__all__)
    if inspect.isclass(value) and issubclass(value, RouteTable) and value.routes
]
# Also the routes that only an operation uses, which a table does not list.
ROUTES = {
    f"{table.__name__}.{name}": value
    for table in TABLES
    for cls in table.__mro__
    for name, value in vars(cls).items()
    if getattr(value, "kind", None) in ("route", "paged route")
}


def test_there_are_some() -> None:
    assert {"TransferClient", "AsyncTransferClient", "AuthClient"} <= {table.__name__ for table in TABLES}
    assert "TransferClient._create_tunnel" in ROUTES


@pytest.mark.parametrize("name", ROUTES)
def test_its_plan_can_be_made(name: str) -> None:
    plan = ROUTES[name].plan
    assert set(plan.parameters) == set(ROUTES[name].signature.parameters)


@pytest.mark.parametrize("name", ROUTES)
def test_it_is_told_about(name: str) -> None:
    assert inspect.getdoc(ROUTES[name])


def test_a_printed_table_is_in_order_and_narrow() -> None:
    text = str(globus_transport.TransferClient.routes).splitlines()
    assert text[0].split() == ["method", "path", "name", "notes"]
    assert text[1].split()[2] == "get_endpoint"
    assert text[-1].split()[2] == "get_tunnel_events"
    assert max(map(len, text)) < 160
