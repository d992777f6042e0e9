"""Transfer's routes under ``/v2``: documents, lists, what is sent again, and what differs from globus-sdk."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import uuid
from collections.abc import Callable
from typing import Any

import globus_sdk
import globus_sdk.experimental
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError, NetworkError, Request, Response, RetryConfig, TransferAPIError
from globus_transport.experimental import (
    AsyncTransferClientV2,
    BookmarkCreateDocument,
    BookmarkUpdateDocument,
    TransferClientV2,
    TunnelCreateDocument,
    TunnelUpdateDocument,
)
from globus_transport.routing.json_body import encode_json
from tests.wire.both_packages import Call, sent_by, sent_by_both
from tests.wire.meant_differences import VALUES
from tests.wire.paged_server import pages_asked_by_both
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
JSON_API = {"Content-Type": "application/vnd.api+json"}
DOCUMENTS = ("BookmarkCreateDocument", "BookmarkUpdateDocument", "TunnelCreateDocument", "TunnelUpdateDocument")
MODULES = ("experimental", "experimental.transfer_v2", "experimental.transfer_v2.data")


def _more(package: Any) -> dict[str, Any]:
    return {"name": "wins", "more": {"deep": (1, package.MISSING)}, "left_out": package.MISSING, "null": None}


def _experimental(package: Any) -> Any:
    return importlib.import_module(f"{package.__name__}.experimental")


def _tunnel(package: Any, **more: Any) -> Any:
    return _experimental(package).TunnelCreateDocument(
        ID,
        "listener",
        label="née",
        listener_port=8080,
        listener_ip_address="192.0.2.1",
        submission_id=ID,
        lifetime_mins=360,
        restartable=False,
        **more,
    )


CALLS: dict[str, Call] = {
    "bookmark": lambda client, sdk: client.create_bookmark(
        _experimental(sdk).BookmarkCreateDocument(ID, "née", "/~/data/")
    ),
    "bookmark, all": lambda client, sdk: client.create_bookmark(
        data=_experimental(sdk).BookmarkCreateDocument("c", "n", path="/", additional_fields=_more(sdk))
    ),
    "bookmark, plain": lambda client, _: client.create_bookmark({"data": None}),
    "update bookmark": lambda client, sdk: client.update_bookmark(
        ID, _experimental(sdk).BookmarkUpdateDocument("n", "/p")
    ),
    "update bookmark, all": lambda client, sdk: client.update_bookmark(
        bookmark_id="b",
        update_document=_experimental(sdk).BookmarkUpdateDocument(name="n", path="/p", additional_fields=_more(sdk)),
    ),
    "get bookmark": lambda client, _: client.get_bookmark(ID, query_params={"include": "collection"}),
    "bookmarks": lambda client, _: client.list_bookmarks(query_params={"include": "collection"}),
    "tunnel": lambda client, sdk: client.create_tunnel(
        _experimental(sdk).TunnelCreateDocument("a", ID, submission_id="s")
    ),
    "tunnel, all": lambda client, sdk: client.create_tunnel(_tunnel(sdk)),
    "tunnel, more": lambda client, sdk: client.create_tunnel(_tunnel(sdk, additional_fields=_more(sdk))),
    "update tunnel": lambda client, sdk: client.update_tunnel(
        ID, _experimental(sdk).TunnelUpdateDocument(state="STOPPING")
    ),
    "update tunnel, all": lambda client, sdk: client.update_tunnel(
        "t",
        _experimental(sdk).TunnelUpdateDocument(
            label="ü", listener_port=1, listener_ip_address="::1", additional_fields=_more(sdk)
        ),
    ),
    "update tunnel, nothing": lambda client, sdk: client.update_tunnel("t", _experimental(sdk).TunnelUpdateDocument()),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TransferClientV2", CALLS[name], server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_same_names(module: str) -> None:
    theirs, ours = (
        importlib.import_module(f"{package.__name__}.{module}") for package in (globus_sdk, globus_transport)
    )
    assert {*theirs.__all__} <= {*ours.__all__}
    for name in theirs.__all__:
        assert getattr(ours, name) is getattr(_experimental(globus_transport), name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_signature(name: str) -> None:
    theirs, ours = (inspect.signature(getattr(_experimental(one), name)) for one in (globus_sdk, globus_transport))
    assert [_shape(one) for one in ours.parameters.values()] == [_shape(one) for one in theirs.parameters.values()]


def _shape(parameter: inspect.Parameter) -> tuple[str, str, str]:
    value = parameter.default
    left_out = value is globus_sdk.MISSING or value is globus_transport.MISSING
    return parameter.name, parameter.kind.name, "MISSING" if left_out else repr(value)


# Documents.


def _bookmark(**given: Any) -> Any:
    return BookmarkCreateDocument(**{"collection": "c", "name": "n", "path": "/", **given})


def _new_bookmark(**given: Any) -> Any:
    return BookmarkUpdateDocument(**{"name": "n", "path": "/", **given})


def _new_tunnel(**given: Any) -> Any:
    ends = {"initiator_stream_access_point": "a", "listener_stream_access_point": "b"}
    return TunnelCreateDocument(**{**ends, **given})


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (_bookmark, "collection", ""),
        (_bookmark, "collection", None),
        (_bookmark, "name", 1),
        (_bookmark, "path", b"/"),
        (_bookmark, "additional_fields", []),
        (_new_bookmark, "name", ["n"]),
        (_new_bookmark, "path", 1),
        (_new_tunnel, "initiator_stream_access_point", ""),
        (_new_tunnel, "listener_stream_access_point", 5),
        (_new_tunnel, "label", 1),
        (_new_tunnel, "listener_port", "80"),
        (_new_tunnel, "listener_ip_address", 1),
        (_new_tunnel, "submission_id", 1),
        (_new_tunnel, "lifetime_mins", True),
        (_new_tunnel, "restartable", "no"),
        (TunnelUpdateDocument, "state", 1),
        (TunnelUpdateDocument, "listener_port", 1.5),
    ],
)
def test_a_wrong_type_is_refused_by_name(make: Callable[..., Any], name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


def test_a_new_tunnel_has_a_submission_id() -> None:
    for package in (globus_sdk, globus_transport):
        document = _experimental(package).TunnelCreateDocument("a", "b")
        submission_id = uuid.UUID(str(document["data"]["attributes"]["submission_id"]))
        assert submission_id.version == 1
    # A node with this bit is no machine's address.
    assert submission_id.node >> 40 & 1
    assert b"label" not in encode_json(TunnelCreateDocument("a", "b"))


def test_a_plain_document_gets_a_submission_id(server: RecordingServer) -> None:
    case = 'TransferClientV2.create_tunnel({"data": {"type": "Tunnel"}}), submission_id'
    sent = []
    for package in (globus_sdk, globus_transport):
        (request,) = sent_by(
            package,
            "TransferClientV2",
            lambda client, _: client.create_tunnel({"data": {"type": "Tunnel"}}),
            server,
        )
        sent.append(request.body["data"].get("attributes", {}).get("submission_id"))
    theirs, ours, _ = VALUES[case]
    assert (sent[0], "a new one" if uuid.UUID(sent[1]) else None) == (theirs, ours)


@pytest.mark.parametrize("data", [{}, {"data": []}, None], ids=repr)
def test_a_tunnel_of_another_shape_is_refused(data: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="data: "):
        TransferClientV2(terminal=_Answers()).create_tunnel(data)


# Lists.


class _Answers:
    """A terminal that gives documents, one after the other, and keeps the requests."""

    def __init__(self, *documents: Any, status: int = 200) -> None:
        self._documents = list(documents)
        self._status = status
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        document = self._documents.pop(0)
        if isinstance(document, Exception):
            raise document
        return Response(self._status, JSON_API, json.dumps(document).encode(), request=request)

    async def send(self, request: Request) -> Response:
        return self(request)


def _page(*names: str, following: str | None) -> dict[str, Any]:
    return {"data": [{"id": name} for name in names], "links": {"next": following}}


_NEXT = "https://transfer.api.globus.org/v2/stream_access_points?page%5Bsize%5D=1&page%5Bmarker%5D={}"
_PAGES = [_page("a", following=_NEXT.format("m+1")), _page("b", following=_NEXT.format(2)), _page("c", following=None)]


def _every_item(client: Any, _: Any) -> Any:
    pages = client.paginated.list_stream_access_points(query_params={"page[size]": 1, "filter": "ü"})
    return [item for page in pages for item in page]


def test_stream_access_points_by_link() -> None:
    pages = [{name: value for name, value in page.items() if name in ("data", "links")} for page in _PAGES]
    theirs, ours = pages_asked_by_both("TransferClientV2", _every_item, pages)
    assert ours == theirs
    assert len(ours) == 3


def test_stream_access_points_under_asyncio() -> None:
    answers = _Answers(*_PAGES)

    async def collect() -> list[str]:
        client = AsyncTransferClientV2(terminal=answers.send)
        return [point["id"] async for point in client.paginated.list_stream_access_points().items()]

    assert asyncio.run(collect()) == ["a", "b", "c"]
    assert len(answers.requests) == 3


def test_a_list_without_links_is_one_page() -> None:
    client = TransferClientV2(terminal=_Answers({"data": [{"id": "a"}], "links": None}))
    assert [point["id"] for point in client.paginated.list_stream_access_points().items()] == ["a"]


@pytest.mark.parametrize("name", ["list_tunnels", "list_bookmarks", "list_stream_access_points", "get_tunnel_events"])
def test_iterating_over_a_list_yields_its_items(name: str) -> None:
    client = TransferClientV2(terminal=_Answers({"data": [{"id": "a"}, {"id": "b"}]}))
    reply = getattr(client, name)(*(["t"] if name == "get_tunnel_events" else []))
    assert [item["id"] for item in reply] == ["a", "b"]


def test_the_other_calls_have_no_paginator() -> None:
    with pytest.raises(GlobusSDKUsageError, match="list_bookmarks"):
        _ = TransferClientV2(terminal=_Answers()).paginated.list_bookmarks


# Errors, and what is sent again.


def _errors(*codes: str) -> dict[str, Any]:
    errors = [{"status": "502", "code": code, "title": "t", "detail": f"about {code}"} for code in codes]
    return {"errors": errors, "meta": {"request_id": "r"}}


@pytest.mark.parametrize(
    ("codes", "sent"),
    [
        (["InternalError"], 2),
        (["ExternalErrorLike"], 2),
        (["ExternalError"], 1),
        (["InternalError", "EndpointError"], 1),
    ],
)
def test_an_error_of_the_collections_server_is_final(codes: list[str], sent: int) -> None:
    answers = _Answers(_errors(*codes), _errors(*codes), status=502)
    client = TransferClientV2(terminal=answers, retry_config=RetryConfig(max_retries=1, max_sleep=0))
    with pytest.raises(TransferAPIError) as raised:
        client.get_bookmark("b")
    assert len(answers.requests) == sent
    assert raised.value.messages == [f"about {code}" for code in codes]
    assert raised.value.request_id == "r"


@pytest.mark.parametrize(
    ("name", "arguments", "sent"),
    [
        ("create_bookmark", [{}], 1),
        # The submission id prevents a second tunnel.
        ("create_tunnel", [TunnelCreateDocument("a", "b")], 2),
        ("get_tunnel", ["t"], 2),
    ],
)
def test_a_post_is_sent_again_only_if_that_changes_nothing(name: str, arguments: list[Any], sent: int) -> None:
    answers = _Answers(NetworkError("the answer was lost"), {})
    client = TransferClientV2(terminal=answers, retry_config=RetryConfig(max_sleep=0))
    if sent == 1:
        with pytest.raises(NetworkError):
            getattr(client, name)(*arguments)
    else:
        getattr(client, name)(*arguments)
    assert len(answers.requests) == sent
    assert len({request.body for request in answers.requests}) == 1
