"""Replies, errors, addresses and lists of Globus Connect Server, as globus-sdk reads them."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import globus_sdk
import globus_sdk.services.gcs
import pytest
import requests
import responses
from globus_sdk.transport import RetryConfig as TheirRetryConfig

import globus_transport
import globus_transport.services.gcs
from globus_transport import (
    AsyncGCSClient,
    ConnectorTable,
    GCSAPIError,
    GCSClient,
    GlobusSDKUsageError,
    ReplyFormatError,
    Request,
    Response,
    RetryConfig,
    UnpackingGCSResponse,
)
from globus_transport.routing.bound import Paginated
from globus_transport.testing import use_responses
from tests.terminals.fresh_terminal import forget_proxies

HOST = "abc.xyz.data.globus.org"
URL = f"https://{HOST}/api"
ID = "b8872740-7edc-11ec-9f33-ed182a728dff"


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses():
        yield


def _clients() -> list[Any]:
    no_retries = TheirRetryConfig(max_retries=0)
    return [
        globus_sdk.GCSClient(HOST, retry_config=no_retries),
        GCSClient(HOST, retry_config=RetryConfig(max_retries=0)),
    ]


_DOCUMENT = {"DATA_TYPE": "collection#1.8.0", "id": ID, "display_name": "ü"}
#: Bodies of replies about a collection.
BODIES: dict[str, Any] = {
    "one": {"DATA_TYPE": "result#1.0.0", "data": [_DOCUMENT]},
    "the second": {"data": [{"DATA_TYPE": "user_credential#1.0.0"}, {"DATA_TYPE": 1}, {}, None, 5, _DOCUMENT]},
    "the first of two": {"data": [_DOCUMENT, {"DATA_TYPE": "collection#1.0.0", "id": "other"}]},
    "an empty version": {"data": [{"DATA_TYPE": "collection#", "id": ID}]},
    "no version": {"data": [{"DATA_TYPE": "collection", "id": ID}]},
    "a longer name": {"data": [{"DATA_TYPE": "collection_policies#1.0.0", "id": ID}]},
    "an empty list": {"data": [], "message": "Updated"},
    "no list": {"message": "Updated"},
    "data that is no list": {"data": _DOCUMENT},
    "a list": [_DOCUMENT],
    "null": None,
}


@responses.activate
@pytest.mark.parametrize("name", BODIES)
def test_a_reply_is_unpacked(name: str) -> None:
    responses.get(f"{URL}/collections/{ID}", json=BODIES[name])
    theirs, ours = (client.get_collection(ID) for client in _clients())
    assert isinstance(ours, UnpackingGCSResponse)
    assert ours.data == theirs.data
    assert ours.full_data == theirs.full_data == BODIES[name]
    assert ours.get("id", "none") == (theirs.get("id", "none") if isinstance(theirs.data, dict) else "none")
    assert ("id" in ours) == ("id" in theirs)
    assert bool(ours) == bool(theirs)


@responses.activate
def test_a_function_may_choose_the_document() -> None:
    responses.get(f"{URL}/x", json={"data": [{"id": 1}, {"id": 2}]})
    for package, client in zip((globus_sdk, globus_transport), _clients(), strict=True):
        reply = package.services.gcs.UnpackingGCSResponse(client.get("/x"), lambda document: document["id"] == 2)
        assert reply["id"] == 2
        assert reply.client is client


@pytest.mark.parametrize("match", ["", "a b", "collection#1.0.0", None, 1])
def test_what_names_no_document_is_refused(match: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="match: expected"):
        UnpackingGCSResponse(Response(200), match)


@responses.activate
def test_an_unpacked_reply_is_pickled_and_printed() -> None:
    responses.get(f"{URL}/collections/{ID}", json=BODIES["one"])
    reply = _clients()[1].get_collection(ID)
    assert reply["id"] == ID
    again = pickle.loads(pickle.dumps(reply))
    assert (again.data, again.full_data, again.client) == (reply.data, reply.full_data, None)
    assert repr(reply).startswith('UnpackingGCSResponse({"DATA_TYPE": "collection#1.8.0", "id": ')


@responses.activate
def test_a_reply_that_is_no_json_is_named() -> None:
    responses.get(f"{URL}/endpoint", body="<html>", content_type="text/html")
    reply = _clients()[1].get_endpoint()
    assert reply.data is None
    with pytest.raises(ReplyFormatError):
        reply["id"]


#: Bodies of errors.
ERRORS: dict[str, Any] = {
    "text": {"code": "permission_denied", "message": "No", "detail": "why", "DATA_TYPE": "result#1.0.0"},
    "document": {
        "code": "not_from_allowed_domain",
        "message": "No",
        "detail": {"DATA_TYPE": "not_from_allowed_domain#1.0.0", "allowed_domains": ["example.org"]},
    },
    "document without a type": {"code": "x", "message": "No", "detail": {"a": "b"}},
    "null": {"code": "permission_denied", "message": None, "detail": None},
    "no message": {"code": "unprocessable_entity", "detail": "Not valid"},
    "nothing": {},
}


@responses.activate
@pytest.mark.parametrize("name", ERRORS)
def test_an_error(name: str) -> None:
    responses.get(f"{URL}/endpoint", json=ERRORS[name], status=403)
    raised = []
    for client in _clients():
        with pytest.raises(client.error_class) as caught:
            client.get_endpoint()
        raised.append(caught.value)
    theirs, ours = raised
    assert isinstance(ours, GCSAPIError)
    for attribute in ("http_status", "message", "messages", "detail", "detail_data_type", "raw_json", "request_id"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    assert ours.code == theirs.code
    assert pickle.loads(pickle.dumps(ours)).detail == ours.detail


@responses.activate
def test_an_error_that_is_no_json() -> None:
    responses.get(f"{URL}/endpoint", body="bad gateway", status=502)
    with pytest.raises(GCSAPIError) as caught:
        _clients()[1].get_endpoint()
    assert (caught.value.detail, caught.value.detail_data_type) == (None, None)


@pytest.mark.parametrize("address", [HOST, f"https://{HOST}", f"https://{HOST}/", f"https://{HOST}/api/"])
def test_an_address(address: str) -> None:
    assert GCSClient(address).base_url == globus_sdk.GCSClient(address).base_url == f"{URL}/"


@pytest.mark.parametrize("address", [f"{HOST}/", f"{HOST}/api", f"https://{HOST}/api"])
def test_a_slash_and_the_path_of_the_api_may_be_there(address: str) -> None:
    assert GCSClient(address).base_url == f"{URL}/"


@pytest.mark.parametrize("address", ["", None, "https://", "a host", "ftp://host"])
def test_what_is_no_address_is_refused(address: Any) -> None:
    with pytest.raises(GlobusSDKUsageError):
        GCSClient(address)


@pytest.mark.parametrize("asyncio_or_not", ["", "Async"])
def test_scopes(asyncio_or_not: str) -> None:
    own, peer = getattr(globus_transport, f"{asyncio_or_not}GCSClient"), globus_sdk.GCSClient
    assert str(own.get_gcs_endpoint_scopes(ID).manage_collections) == str(
        peer.get_gcs_endpoint_scopes(ID).manage_collections
    )
    for name in ("data_access", "https"):
        ours, theirs = own.get_gcs_collection_scopes(ID), peer.get_gcs_collection_scopes(ID)
        assert str(getattr(ours, name)) == str(getattr(theirs, name))
    assert own.resource_server is None


class Pages:
    """A terminal that gives pages, and keeps the queries."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self._pages = list(pages)
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        self.queries.append(dict(parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True)))
        return Response(200, {"Content-Type": "application/json"}, json.dumps(self._pages.pop(0)).encode())

    async def send(self, request: Request) -> Response:
        return self(request)


def _page(*ids: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": one} for one in ids], **more}


LISTS = [route.name for route in GCSClient.routes if route.kind == "paged route"]
PAGES = [
    _page("a", "b", has_next_page=True, marker="m 1"),
    _page(has_next_page=True, marker="m2"),
    # The last page has an empty marker, a marker of its own, or none.
    _page("c", has_next_page=False, marker="m3"),
]
QUERIES = [{"page_size": "2"}, {"page_size": "2", "marker": "m 1"}, {"page_size": "2", "marker": "m2"}]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_several_pages(name: str) -> None:
    pages = Pages(*PAGES)
    client = GCSClient(HOST, terminal=pages)
    assert isinstance(client.paginated, Paginated)
    found = getattr(client.paginated, name)(page_size=2).items()
    assert [one["id"] for one in found] == ["a", "b", "c"]
    assert pages.queries == QUERIES


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_several_pages_under_asyncio(name: str) -> None:
    async def collect() -> list[str]:
        async with AsyncGCSClient(HOST, terminal=pages.send) as client:
            return [one["id"] async for one in getattr(client.paginated, name)(page_size=2).items()]

    pages = Pages(*PAGES)
    assert asyncio.run(collect()) == ["a", "b", "c"]
    assert pages.queries == QUERIES


@responses.activate
def test_the_queries_of_globus_sdk_are_the_same() -> None:
    for page in PAGES:
        responses.get(f"{URL}/collections", json=page)
    pages = globus_sdk.GCSClient(HOST).paginated.get_collection_list(page_size=2)
    assert [one["id"] for one in pages.items()] == ["a", "b", "c"]
    sent = [dict(parse_qsl(urlsplit(str(call.request.url)).query)) for call in responses.calls]
    assert sent == QUERIES


@pytest.mark.parametrize("last", [{}, {"has_next_page": False}, {"has_next_page": False, "marker": ""}])
def test_the_last_page(last: dict[str, Any]) -> None:
    pages = Pages(_page("a", **last))
    assert len(list(GCSClient(HOST, terminal=pages).paginated.get_role_list())) == 1


def test_a_page_without_a_marker_is_no_silent_end() -> None:
    pages = Pages(_page("a", has_next_page=True))
    with pytest.raises(ReplyFormatError, match="marker"):
        list(GCSClient(HOST, terminal=pages).paginated.get_role_list())


def test_the_connectors() -> None:
    theirs = globus_sdk.ConnectorTable
    assert [(one.name, one.connector_id) for one in ConnectorTable.all_connectors()] == [
        (one.name, one.connector_id) for one in theirs.all_connectors()
    ]
    for name in (name for name in dir(theirs) if name.isupper()):
        assert getattr(ConnectorTable, name).connector_id == getattr(theirs, name).connector_id
    for wanted in (
        "Google Drive",
        "gOOgle_dRiVe",
        " google-drive ",
        ConnectorTable.S3.connector_id,
        "posix",
        "tape",
        "",
    ):
        found, expected = ConnectorTable.lookup(wanted), theirs.lookup(wanted)
        assert (found and found.name) == (expected and expected.name)


@pytest.mark.parametrize("attribute", [None, "TRANSPORTER"])
def test_a_table_with_another_connector(attribute: str | None) -> None:
    tables: tuple[Any, ...] = (ConnectorTable, globus_sdk.ConnectorTable)
    for table in tables:
        more = table.extend(connector_name="Matter Mover", connector_id=ID, attribute_name=attribute)
        assert getattr(more, attribute or "MATTER_MOVER").connector_id == ID
        assert more.lookup("matter-mover").name == "Matter Mover"
        assert more.lookup("box") == table.BOX
        assert table.lookup("matter-mover") is None


def test_a_response_of_requests_can_be_read() -> None:
    made = requests.Response()
    made.status_code = 200
    made.headers["Content-Type"] = "application/json"
    made._content = json.dumps(BODIES["one"]).encode()
    assert UnpackingGCSResponse(made, "collection")["id"] == ID
