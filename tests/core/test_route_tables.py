"""Every route of every client can be called: a plan is made at a route's first use, so nothing else would tell."""

from __future__ import annotations

import importlib
import inspect
import pydoc
import sys
from pathlib import Path
from typing import Any

import pytest

import globus_transport
from globus_transport import (
    AccessTokenAuthorizer,
    BaseClient,
    GlobusHTTPResponse,
    GlobusSDKUsageError,
    Request,
    Response,
    RouteTable,
    TransferClient,
)
from globus_transport.routing import get, post
from globus_transport.scopes import GCSEndpointScopes

TABLES = [
    value
    for value in (getattr(globus_transport, name) for name in vars(globus_transport)["__all__"])
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


_PACKAGE = """
def __getattr__(name):
    if name != "Pages":
        raise AttributeError(name)
    from widget_service.replies import Pages
    return Pages
"""
_REPLIES = """
from globus_transport.routing import get
from globus_transport import GlobusHTTPResponse

class Pages(GlobusHTTPResponse):
    pass
"""
_ROUTES = """
from __future__ import annotations
from typing import TYPE_CHECKING
from globus_transport.routing import get
from globus_transport import GlobusHTTPResponse
from globus_transport.routing.route import get
from globus_transport.routing.table import RouteTable

if TYPE_CHECKING:
    from widget_service.replies import Pages
    from elsewhere import Size

class Widgets(RouteTable):
    @get("/widgets")
    def widgets(self) -> Pages: ...

    @get("/widget/{size}")
    def widget(self, size: Size) -> GlobusHTTPResponse: ...
"""


@pytest.fixture
def widgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    package = tmp_path / "widget_service" / "routes"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text(_PACKAGE)
    (package.parent / "replies.py").write_text(_REPLIES)
    (package / "__init__.py").write_text("")
    (package / "widgets.py").write_text(_ROUTES)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("widget_service.routes.widgets")
    for name in [name for name in sys.modules if name.partition(".")[0] == "widget_service"]:
        del sys.modules[name]


def test_a_table_without_a_client_says_that_it_has_to_be_mounted() -> None:
    class Widgets(RouteTable):
        @get("/widget/{size}")
        def widget(self, size: str) -> GlobusHTTPResponse:
            """A widget."""
            raise NotImplementedError

    with pytest.raises(TypeError, match=r"mount it: class Client\(BaseClient, Widgets\)"):
        Widgets().widget  # noqa: B018


def test_help_shows_the_signature() -> None:
    text = pydoc.plain(pydoc.render_doc(TransferClient.get_task))
    assert "get_task(task_id: UUID | str, *, query_params: Mapping[str, Any] | None = None)" in text
    assert "Get a task" in text


def test_an_operation_says_what_a_call_returns() -> None:
    client = TransferClient(terminal=lambda _request: Response(200, {}, b"{}"))
    assert inspect.signature(client.task_wait).return_annotation is bool
    assert inspect.signature(client.submit_transfer).return_annotation is GlobusHTTPResponse
    declared: Any = TransferClient.task_wait
    assert inspect.signature(declared).return_annotation is bool
    assert [TransferClient.get.name, TransferClient.post.name, client.delete.__name__] == ["get", "post", "delete"]
    assert list(inspect.signature(client.put).parameters)[:2] == ["path", "query_params"]


def test_what_they_name_and_nothing_has_is_said(widgets: Any) -> None:
    with pytest.raises(NameError, match="'Size' is not defined"):
        widgets.Widgets.widget.plan  # noqa: B018
    with pytest.raises(NameError, match="'Size' is not defined"):
        inspect.signature(widgets.Widgets.widget)


class _Shelf(BaseClient):
    base_url = "https://shelves.example.org/"

    def __init__(self, shelf_id: str, **options: Any) -> None:
        self.shelf_id = shelf_id
        super().__init__(**options)

    @post("/shelf/{shelf_id}/book", from_client={"shelf_id": "shelf_id"})
    def add_book(self, title: str) -> GlobusHTTPResponse:
        """Add a book to the client's shelf."""
        raise NotImplementedError


def test_a_part_of_the_path_can_come_from_the_client() -> None:
    request = _Shelf("a b", terminal=lambda _request: Response(200)).add_book.request("Emma")
    assert str(request.url) == "https://shelves.example.org/shelf/a%20b/book"
    assert request.body == b'{"title":"Emma"}'


def test_a_client_whose_id_leaves_its_segment_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="shelf_id"):
        _Shelf("..", terminal=lambda _request: Response(200)).add_book("Emma")


@pytest.mark.parametrize("from_client", [{}, {"shelf_id": "shelf_id"}])
def test_a_part_of_the_path_has_one_source(from_client: dict[str, str]) -> None:
    def without(self: Any) -> GlobusHTTPResponse:
        raise NotImplementedError

    def with_parameter(self: Any, shelf_id: str) -> GlobusHTTPResponse:
        raise NotImplementedError

    function: Any = with_parameter if from_client else without
    with pytest.raises(TypeError, match="shelf_id"):
        get("/shelf/{shelf_id}", from_client=from_client)(function).plan  # noqa: B018


def test_scopes_of_an_instance_name_its_resource_server() -> None:
    class Endpoint(BaseClient):
        base_url = "https://endpoint.example.org/"

        def __init__(self, endpoint_id: str) -> None:
            self.scopes = GCSEndpointScopes(endpoint_id)
            super().__init__()

    assert Endpoint("one").resource_server == "one"
    assert Endpoint.resource_server is None


class _Tagged(GlobusHTTPResponse):
    def __init__(self, response: Response, client: Any = None, *, tag: str) -> None:
        super().__init__(response, client)
        self.tag = tag


class _Signs(BaseClient):
    base_url = "https://signs.example.org/"

    @get("/sign", authorize=False, reply_options={"tag": "road"})
    def get_sign(self) -> _Tagged:
        """Get a sign that everybody may read."""
        raise NotImplementedError

    @get("/plan")
    def get_plan(self) -> GlobusHTTPResponse:
        """Get a plan."""
        raise NotImplementedError


def test_a_route_can_be_called_without_the_credential() -> None:
    sent: list[str | None] = []

    def terminal(request: Request) -> Response:
        sent.append(request.headers.get("Authorization"))
        return Response(200)

    client = _Signs(authorizer=AccessTokenAuthorizer("a-token"), terminal=terminal)
    client.get_sign()
    client.get_plan()
    assert sent == [None, "Bearer a-token"]


def test_a_route_gives_its_reply_further_arguments() -> None:
    client = _Signs(terminal=lambda _request: Response(200))
    reply = client.get_sign()
    assert (reply.tag, reply.client) == ("road", client)


@pytest.mark.parametrize("reply_options", [{}, {"tag": "road", "size": 1}])
def test_arguments_that_a_reply_does_not_take_are_refused(reply_options: dict[str, Any]) -> None:
    def get_sign(self: Any) -> _Tagged:
        raise NotImplementedError

    with pytest.raises(TypeError, match="reply_options= do not fit _Tagged"):
        get("/sign", reply_options=reply_options)(get_sign).plan  # noqa: B018
