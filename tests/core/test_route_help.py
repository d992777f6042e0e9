"""``help()`` of a route is complete: every parameter is described, and what a call raises is said."""

from __future__ import annotations

import inspect
import pydoc
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

import globus_transport
from globus_transport import AsyncTransferClient, BaseClient, GlobusHTTPResponse, Request, Response, TransferClient
from globus_transport import experimental as experimental_package
from globus_transport.routing import MISSING, BodyParams, Maybe, QueryParams, RouteTable, post, put
from globus_transport.routing.generic_calls import GenericCalls
from globus_transport.routing.table import Declared


def _clients() -> list[type[BaseClient]]:
    packages = (globus_transport, experimental_package)
    found = {getattr(package, name) for package in packages for name in package.__all__}
    return sorted(
        (client for client in found if isinstance(client, type) and issubclass(client, BaseClient)),
        key=lambda client: client.__name__,
    )


def never(_request: Request) -> Response:
    raise AssertionError("nothing is sent")


async def never_async(_request: Request) -> Response:
    raise AssertionError("nothing is sent")


CALLS = [(client, route) for client in _clients() for route in client.routes]
_NAMES = [f"{client.__name__}.{route.name}" for client, route in CALLS]


def described(text: str) -> list[str]:
    """The parameters that a docstring describes."""
    return [
        name.strip() for names in re.findall(r"^:param ([^:]+): +\S", text, re.MULTILINE) for name in names.split(",")
    ]


def test_every_client_is_looked_at() -> None:
    assert len(_clients()) >= 15
    assert len(CALLS) > 210


@pytest.mark.parametrize(("client", "route"), CALLS, ids=_NAMES)
def test_every_parameter_is_described_once(client: type[BaseClient], route: Declared) -> None:
    text = inspect.getdoc(route) or ""
    assert text.splitlines()[0]
    assert sorted(described(text)) == sorted(route.signature.parameters), client


@pytest.mark.parametrize(("client", "route"), CALLS, ids=_NAMES)
def test_it_says_what_is_raised(client: type[BaseClient], route: Declared) -> None:
    text = route.write_help(client.error_class)
    raised = re.findall(r"^:raises (\w+): +\S", text, re.MULTILINE)
    assert {"GlobusSDKUsageError", client.error_class.__name__, "NetworkError"} <= set(raised)
    own = route.write_own_help()
    assert own.count(":raises") == (inspect.getdoc(route.function) or "").count(":raises")


def test_generic_calls_and_clients_say_it_once() -> None:
    for documented in (GenericCalls, BaseClient.__mro__[2]):
        text = " ".join((inspect.getdoc(documented) or "").split())
        assert all(name in text for name in ("GlobusSDKUsageError", "GlobusAPIError", "NetworkError"))


@pytest.mark.parametrize("client", [TransferClient, AsyncTransferClient])
def test_help_shows_the_signature_and_the_errors_of_the_service(client: Any) -> None:
    terminal: Any = never if client is TransferClient else never_async
    bound = client(terminal=terminal).get_task
    for call in (bound, client.get_task):
        shown = pydoc.plain(pydoc.render_doc(call))
        assert "get_task(task_id: " in shown.replace("get_task(\n    ", "get_task(")
        assert ":param task_id: the id of the task" in shown
    assert ":raises TransferAPIError: if the service refuses the request" in (inspect.getdoc(bound) or "")


def test_classes_keep_their_own_documentation() -> None:
    assert (inspect.getdoc(type(TransferClient.get_task)) or "").startswith("An API operation that is one request.")
    assert (inspect.getdoc(type(TransferClient(terminal=never).get_task)) or "").startswith("A route on a client")


class Shelves(RouteTable):
    """A table whose routes describe what is special."""

    parameter_help: ClassVar[Mapping[str, str]] = {"shelf_id": "the id of the shelf"}

    @post("/shelf")
    def create_shelf(self, name: str, colour: Maybe[str] = MISSING, *, more: BodyParams = None) -> GlobusHTTPResponse:
        """Put up a shelf.

        :param name, colour: as people
            see it
        :param more: of any kind
        :return: the shelf
        :raises ValueError: never
        """
        raise NotImplementedError

    @put("/shelf/{shelf_id}")
    def update_shelf(
        self, shelf_id: str, *, colour: Maybe[str] = MISSING, size: Maybe[int] = MISSING, query: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Paint a shelf, as a document of
        :class:`Shelf` says.
        """
        raise NotImplementedError


def test_what_a_stub_leaves_out() -> None:
    # ``size`` is described nowhere.
    assert Shelves.update_shelf.write_own_help().splitlines() == [
        "Paint a shelf, as a document of",
        ":class:`Shelf` says.",
        "",
        ":param shelf_id: the id of the shelf",
        ":param colour: as people",
        "    see it",
        ":param query: further parameters of the query, which replace those of the same name",
    ]


def test_what_a_stub_says_is_kept() -> None:
    assert inspect.getdoc(Shelves.create_shelf) == (
        "Put up a shelf.\n"
        "\n"
        ":param name, colour: as people\n"
        "    see it\n"
        ":param more: of any kind\n"
        ":return: the shelf\n"
        ":raises ValueError: never\n"
        ":raises GlobusSDKUsageError: if an argument cannot be sent; no request was made\n"
        ":raises GlobusAPIError: if the service refuses the request\n"
        ":raises NetworkError: if no complete response arrives"
    )
