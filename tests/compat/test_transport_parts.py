"""Smaller parts that programs take from ``exc`` and ``transport`` of globus-sdk, beside theirs."""

from __future__ import annotations

import importlib
import json
import uuid
import warnings
from collections.abc import Callable
from typing import Any

import globus_sdk.exc
import globus_sdk.transport
import pytest
import requests

from globus_transport import MISSING, GlobusSDKUsageError, Request, Response, TransferClient, exc, transport
from globus_transport.scopes.scope import Scope
from globus_transport.services.groups.data import GroupRole

PACKAGES = ("globus_sdk", "globus_transport")


def own_client() -> tuple[TransferClient, list[Request]]:
    requests_sent: list[Request] = []

    def answer(request: Request) -> Response:
        requests_sent.append(request)
        return Response(200, {"Content-Type": "application/json"}, b"{}")

    client = TransferClient()
    client.stack = client.stack.over(answer)
    return client, requests_sent


@pytest.mark.parametrize("package", PACKAGES)
def test_a_deprecation_is_about_the_line_that_calls(package: str) -> None:
    errors = importlib.import_module(f"{package}.exc")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        errors.warn_deprecated("this goes")
        (lambda: errors.warn_deprecated("that goes", stacklevel=3))()
    assert [(type(one.message), str(one.message), one.filename) for one in caught] == [
        (errors.RemovedInV5Warning, "this goes", __file__),
        (errors.RemovedInV5Warning, "that goes", __file__),
    ]
    assert issubclass(errors.RemovedInV5Warning, DeprecationWarning)


@pytest.mark.parametrize(
    "made", [requests.ConnectTimeout, requests.ReadTimeout, requests.ConnectionError, requests.TooManyRedirects]
)
def test_an_exception_of_requests_becomes_the_same_error(made: type[requests.RequestException]) -> None:
    given = made("GET https://example.org/?token=a-secret")
    ours, theirs = exc.convert_request_exception(given), globus_sdk.exc.convert_request_exception(given)
    assert type(ours).__name__ == type(theirs).__name__
    assert ours.underlying_exception is given
    assert made.__name__ in str(ours)
    assert "a-secret" not in str(ours)


@pytest.mark.parametrize("package", PACKAGES)
def test_client_info_as_an_object(package: str) -> None:
    changes: list[str] = []
    made = importlib.import_module(f"{package}.transport").GlobusClientInfo
    info = made(update_callback=lambda info: changes.append(info.format()))
    assert changes == []
    assert info
    own = info.format()
    info.add({"product": "app", "version": "1.2"})
    info.add("product=plugin,version=3")
    assert changes == [f"{own};product=app,version=1.2", f"{own};product=app,version=1.2;product=plugin,version=3"]
    assert info.infos == [own, "product=app,version=1.2", "product=plugin,version=3"]
    for wrong in ({"product": "a;b"}, {"a=b": "c"}, {"a": "b,c"}, "product=a;product=b"):
        with pytest.raises(importlib.import_module(package).GlobusSDKUsageError):
            info.add(wrong)
    assert len(info.infos) == 3
    info.clear()
    assert (changes[-1], bool(info), info.format()) == ("", False, "")


def test_a_client_sends_what_its_transport_says_of_the_program() -> None:
    client, sent = own_client()
    other, sent_by_other = own_client()
    before = client.transport.globus_client_info.format()
    client.transport.globus_client_info.add({"product": "app", "version": "1.2"})
    client.transport.user_agent = "app/1.2"
    client.transport.headers["X-Lab"] = "of physics"
    client.get("/")
    other.get("/")
    assert sent[0].headers["X-Globus-Client-Info"] == f"{before};product=app,version=1.2"
    assert sent[0].headers["User-Agent"] == client.transport.user_agent
    assert client.transport.user_agent.endswith("/app/1.2")
    assert sent[0].headers["X-Lab"] == "of physics"
    assert sent_by_other[0].headers["X-Globus-Client-Info"] == before
    assert "X-Lab" not in sent_by_other[0].headers
    client.app_name = "renamed"
    client.transport.globus_client_info.clear()
    client.transport.globus_client_info.clear()
    client.get("/")
    assert sent[1].headers["User-Agent"].endswith("/renamed")
    assert sent[1].headers["X-Lab"] == "of physics"
    assert "X-Globus-Client-Info" not in sent[1].headers
    client.transport.globus_client_info.add("product=app")
    client.get("/")
    assert sent[2].headers["X-Globus-Client-Info"] == "product=app"
    client.stack = client.stack.remove("headers")
    with pytest.raises(GlobusSDKUsageError, match="no layer 'headers'"):
        client.transport.headers["X-Lab"] = "x"


def test_headers_of_a_call_leave_out_what_is_missing() -> None:
    client, sent = own_client()
    number = uuid.uuid4()
    client.get("/", headers={"X-A": MISSING, "X-B": "b", "X-Id": number, "X-Role": GroupRole.admin})
    client.post("/", data={"a": MISSING}, headers={"Content-Type": MISSING})
    assert {name: sent[0].headers.get(name) for name in ("X-A", "X-B", "X-Id", "X-Role")} == {
        "X-A": None,
        "X-B": "b",
        "X-Id": str(number),
        "X-Role": "admin",
    }
    assert sent[1].headers["Content-Type"] == "application/json"
    with pytest.raises(GlobusSDKUsageError, match="'X-A' is a Scope"):
        client.get("/", headers={"X-A": Scope("a")})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("RequestEncoder", "a text"),
        ("RequestEncoder", b"bytes"),
        ("JSONRequestEncoder", {"a": [1, None, "é"]}),
        ("JSONRequestEncoder", None),
        ("FormRequestEncoder", {"a": "b c", "d": 1}),
    ],
)
def test_an_encoder_makes_the_request_that_globus_sdk_makes(name: str, data: Any) -> None:
    given = ("POST", "https://example.org/x", {"q": "a b", "n": 1}, data, {"X-A": "a"})
    ours = getattr(transport, name)().encode(*given)
    theirs = getattr(globus_sdk.transport, name)().encode(*given).prepare()
    body = theirs.body.encode() if isinstance(theirs.body, str) else theirs.body
    assert (ours.method, str(ours.url)) == (theirs.method, theirs.url)
    assert _loaded(ours.body) == _loaded(body)
    for header in ("X-A", "Content-Type"):
        assert ours.headers.get(header) == theirs.headers.get(header)


def _loaded(body: Any) -> Any:
    # Spaces and non-ASCII characters in JSON are written in several ways.
    return json.loads(body) if body and body.startswith(b"{") else body


@pytest.mark.parametrize(
    "encode",
    [
        lambda: transport.RequestEncoder().encode("POST", "https://example.org/", None, {"a": 1}, None),
        lambda: transport.FormRequestEncoder().encode("POST", "https://example.org/", None, "a=1", None),
        lambda: TransferClient().post("/", data={}, encoding="xml"),
    ],
)
def test_what_an_encoder_cannot_encode_is_refused(encode: Callable[[], object]) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"data: |encoding='xml'"):
        encode()
