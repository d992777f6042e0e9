"""Errors of the services: what is read from their documents, and from responses of other libraries."""

from __future__ import annotations

import json
import pickle
import types
from typing import Any

import globus_sdk
import pytest
import requests

from globus_transport import (
    AuthAPIError,
    ErrorSubdocument,
    GlobusAPIError,
    GlobusHTTPResponse,
    IterableTransferResponse,
    TransferAPIError,
)
from globus_transport.http.messages import Response

JSON = "application/json"
JSON_API = "application/vnd.api+json"
ONE = {"code": "A", "detail": "a"}
TWO = {"code": "B", "detail": "b", "id": "7"}


def requests_response(status: int, document: object, content_type: str = JSON, url: str = "") -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.reason = "Because"
    response._content = json.dumps(document).encode()
    response.headers["Content-Type"] = content_type
    response.url = url or "https://service.example.org/thing?code=s3cret"
    response.request = requests.Request("POST", "https://service.example.org/thing?code=s3cret").prepare()
    response.request.headers["Authorization"] = "Bearer s3cret"
    return response


def error_of(document: object, content_type: str = JSON) -> TransferAPIError:
    return TransferAPIError(Response(404, {"Content-Type": content_type}, json.dumps(document).encode()))


@pytest.mark.parametrize("content_type", [JSON, JSON_API])
@pytest.mark.parametrize(
    "document",
    [
        {"code": "ClientError.NotFound", "message": "no such folder", "request_id": "r", "resource": "/x"},
        {"code": "C", "message": "several", "errors": [ONE, TWO]},
        {"code": "C", "message": "a list with something else in it", "errors": [ONE, "text"]},
        {"code": "C", "message": "no list", "errors": "text"},
        {"errors": [ONE]},
        {"errors": [ONE, TWO]},
        {"errors": [ONE, 5]},
        {"errors": [5]},
        {"detail": "only this"},
        {"title": "only this", "code": 5},
        {},
    ],
)
def test_the_single_errors_are_those_of_globus_sdk(document: dict[str, Any], content_type: str) -> None:
    own = error_of(document, content_type)
    peer = globus_sdk.TransferAPIError(requests_response(404, document, content_type))
    assert [one.raw for one in own.errors] == [one.raw for one in peer.errors]
    assert [(one.code, one.message) for one in own.errors] == [(one.code, one.message) for one in peer.errors]
    assert own.errors[0].get("resource", "none") == peer.errors[0].get("resource", "none")
    assert (own.code, own.messages) == (peer.code, peer.messages)


def test_an_empty_list_of_errors_lists_none() -> None:
    error = error_of({**ONE, "errors": []})
    assert (error.code, error.errors) == ("A", [])


@pytest.mark.parametrize("document", [[], [ONE], "text", None])
def test_what_is_no_object_has_no_errors(document: object) -> None:
    assert error_of(document).errors == []


def test_an_error_inside_another_document() -> None:
    (error,) = error_of({"error": {"code": "INNER", "detail": "why"}}).errors
    assert (error.code, error.message) == ("INNER", "why")


def test_a_single_error_by_itself() -> None:
    one = ErrorSubdocument({"code": "A", "detail": "d", "own": "o"})
    assert (one.code, one.message, one.get("own"), one.get("x", 5)) == ("A", "d", "o", 5)
    assert ErrorSubdocument(one.raw, message_fields=("own",)).message == "o"
    assert pickle.loads(pickle.dumps(one)) == one


# Responses of other libraries.


@pytest.mark.parametrize("kind", [GlobusAPIError, TransferAPIError, AuthAPIError])
def test_an_error_from_a_response_of_requests(kind: type[GlobusAPIError]) -> None:
    error = kind(requests_response(403, ONE))
    assert (error.http_status, error.http_reason, error.code, error.message) == (403, "Because", "A", "a")
    assert error.headers["content-type"] == JSON
    assert error.method == "POST"
    assert str(error.url).startswith("https://service.example.org/thing")
    assert "s3cret" not in f"{error} {error!r} {vars(error)}"


def test_a_reply_from_a_response_of_requests() -> None:
    reply = GlobusHTTPResponse(requests_response(201, {"a": 1}), client="mine")
    assert (reply.http_status, reply.http_reason, reply["a"], reply.client) == (201, "Because", 1, "mine")
    assert reply.headers["CONTENT-TYPE"] == JSON
    page = IterableTransferResponse(requests_response(200, {"DATA": [{"id": 1}]}))
    assert [one["id"] for one in page] == [1]


@pytest.mark.parametrize("given", [None, {}, {"method": "GET", "url": None}, {"method": "GET", "url": "mock://x"}])
def test_what_stands_in_its_place_needs_no_request(given: dict[str, Any] | None) -> None:
    request = None if given is None else types.SimpleNamespace(**given)
    stub: Any = types.SimpleNamespace(
        status_code=404, content=b'{"code": "A"}', headers={"content-type": JSON}, reason=None
    )
    stub.request = request
    error = TransferAPIError(stub)
    assert (error.http_status, error.code, error.http_reason, error.method, error.url) == (404, "A", "", None, None)
    del stub.request, stub.reason
    assert TransferAPIError(stub).code == "A"
