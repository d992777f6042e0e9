"""What tests written for globus-sdk do with replies and sets of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import responses

from globus_transport.testing import use_responses
from globus_transport.token_storage import MemoryTokenStorage
from tests.terminals.fresh_terminal import forget_proxies

PACKAGES = ("globus_sdk", "globus_transport")
ID_TOKEN = "an.id.token"
TOKENS = {
    "scope": "s",
    "access_token": "a",
    "refresh_token": None,
    "token_type": "Bearer",
    "expires_at_seconds": 2**31,
    "resource_server": "server",
}


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses():
        yield


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


@pytest.fixture
def testing(package: Any) -> Any:
    return importlib.import_module(f"{package.__name__}.testing")


@responses.activate
def test_a_method_in_lower_case(package: Any, testing: Any) -> None:
    reply = testing.RegisteredResponse(service="transfer", path="/x", method="put", json={"a": 1})
    assert reply.method == "PUT"
    reply.add()
    assert package.TransferClient().put("/x", data={})["a"] == 1


def test_the_addresses_of_services(testing: Any) -> None:
    urls = {
        service: testing.RegisteredResponse(service=service, path="/x").full_url
        for service in ("auth", "nexus", "transfer", "search", "gcs", "groups", "timer", "flows", "compute")
    }
    assert urls["gcs"] == "https://abc.xyz.data.globus.org/api/x"
    assert urls["nexus"] == "https://nexus.api.globusonline.org/x"
    assert urls["timer"] == "https://timer.automate.globus.org/x"
    assert urls["compute"] == "https://compute.api.globus.org/x"


@responses.activate
def test_a_case_is_added_to_a_set(package: Any, testing: Any) -> None:
    made = testing.ResponseSet(metadata={"id": "1"})
    assert not made
    made.register("default", testing.RegisteredResponse(service="transfer", path="/x", json={"a": 1}))
    made.register("late", testing.RegisteredResponse(service="transfer", path="/y", json={"a": 2}))
    assert list(made.cases()) == ["default", "late"]
    made.activate("late")
    assert package.TransferClient().get("/y")["a"] == 2
    with pytest.raises(LookupError):
        made.lookup("early")


@responses.activate
def test_a_set_from_a_dict_with_a_list(package: Any, testing: Any) -> None:
    name = f"two pages for {package.__name__}"
    replies = [{"service": "transfer", "path": "/x", "json": {"a": number}} for number in (1, 2)]
    testing.register_response_set(name, {"pages": replies}, metadata={"count": 2})
    assert testing.load_response(name, case="pages").metadata["count"] == 2
    client = package.TransferClient()
    assert [client.get("/x")["a"] for _ in replies] == [1, 2]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [({"a": "b"}, None), ({"a": ["x", "y"]}, "form"), (b"bytes", None), ([1], None), (None, None)],
)
@responses.activate
def test_the_body_of_the_last_request(data: Any, encoding: str | None) -> None:
    bodies = []
    for name in PACKAGES:
        package, testing = importlib.import_module(name), importlib.import_module(f"{name}.testing")
        testing.RegisteredResponse(service="transfer", path="/x", method="POST", json={}).add()
        package.TransferClient().post("/x", data=data, encoding=encoding)
        last = testing.get_last_request()
        bodies.append((last.method, last.url, last.headers.get("Content-Type"), type(last.body), last.body))
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    "reply",
    [
        SimpleNamespace(by_resource_server={"server": TOKENS}, id_token=ID_TOKEN),
        SimpleNamespace(by_resource_server={"server": TOKENS}, get={"id_token": ID_TOKEN}.get),
        SimpleNamespace(by_resource_server={"server": TOKENS}, data={"id_token": ID_TOKEN}),
        MagicMock(by_resource_server={"server": TOKENS}, get={"id_token": ID_TOKEN}.get),
        MagicMock(by_resource_server={"server": TOKENS}, data={"id_token": ID_TOKEN}),
    ],
)
def test_a_storage_takes_what_stands_in_for_a_token_reply(reply: Any) -> None:
    reply.decode_id_token = lambda: {"sub": "someone"}
    storage = MemoryTokenStorage()
    storage.store_token_response(reply)
    found = storage.get_token_data("server")
    assert found is not None
    assert (found.access_token, found.identity_id) == ("a", "someone")


@pytest.mark.parametrize("more", [{}, {"data": []}, {"data": None}, {"id_token": None}, {"data": {}, "id_token": "x"}])
def test_a_reply_without_an_id_token_names_nobody(more: dict[str, Any]) -> None:
    reply: Any = SimpleNamespace(by_resource_server={"server": TOKENS}, **more)
    storage = MemoryTokenStorage()
    storage.store_token_response(reply)
    found = storage.get_token_data("server")
    assert found is not None
    assert found.identity_id is None
