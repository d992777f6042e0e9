"""The programs of the page on Connect Server, against ready-made replies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from globus_transport import AccessTokenAuthorizer, GCSClient
from globus_transport.testing import RegisteredResponse, get_response_set, load_reply, use_responses
from tests.docs.examples import run_example
from tests.terminals.fresh_terminal import forget_proxies

HOST = "abc.xyz.data.globus.org"


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses(), responses.mock:
        yield


def _sent() -> list[tuple[str, str]]:
    calls: Any = responses.calls
    return [(call.request.method, call.request.url.partition("/api")[2]) for call in calls]


def _body(number: int) -> Any:
    calls: Any = responses.calls
    return json.loads(calls[number].request.body)


def test_a_new_collection(capsys: pytest.CaptureFixture[str]) -> None:
    gateway = load_reply(GCSClient.create_storage_gateway).metadata["id"]
    collection = load_reply(GCSClient.create_collection).metadata["id"]
    load_reply(GCSClient.create_role)
    load_reply(GCSClient.get_collection_list)
    run_example("connect_server/new_collection.py", ENDPOINT=HOST, GROUP_ID="a-group", ACCESS_TOKEN="a-token")
    assert capsys.readouterr().out.splitlines()[0] == f"{collection} Beamline images"
    assert [path for _, path in _sent()] == [
        "/storage_gateways",
        "/collections",
        "/roles",
        "/collections?filter=mapped_collections",
    ]
    assert _body(0)["policies"]["DATA_TYPE"] == "posix_storage_policies#1.0.0"
    # enable_https is younger than the first version.
    assert (_body(1)["storage_gateway_id"], _body(1)["DATA_TYPE"]) == (gateway, "collection#1.1.0")
    assert _body(2)["principal"] == "urn:globus:groups:id:a-group"


@pytest.mark.parametrize("refused", [False, True])
def test_hiding_collections(refused: bool, capsys: pytest.CaptureFixture[str]) -> None:
    known = load_reply(GCSClient.get_collection_list).metadata
    public = known["collection_ids"][0]
    refusal: Any = get_response_set(GCSClient.get_collection_list).lookup("forbidden")
    RegisteredResponse(
        service="gcs",
        path=f"/collections/{public}",
        method="PATCH",
        status=403 if refused else 200,
        json=refusal.json if refused else {"data": []},
    ).add()
    run_example(
        "connect_server/hide_collections.py",
        ENDPOINT=HOST,
        MAPPED_COLLECTION_ID=public,
        ACCESS_TOKEN="a-token",
    )
    said = "permission_denied: You have no permission to list the collections" if refused else "hidden"
    assert capsys.readouterr().out == f"{known['display_names'][0]} {said}\n"
    assert _sent() == [
        ("GET", f"/collections?mapped_collection_id={public}&filter=guest_collections%2Cmanaged_by_me"),
        ("PATCH", f"/collections/{public}"),
    ]
    assert _body(1) == {"DATA_TYPE": "collection#1.0.0", "collection_type": "guest", "public": False}


class LoggedIn:
    """An application that has every token."""

    app_name = "example"

    class config:
        environment = "production"

    def add_scope_requirements(self, scope_requirements: Any) -> None:
        """Nothing is missing."""

    def ready_authorizer(self, resource_server: str) -> AccessTokenAuthorizer:
        return AccessTokenAuthorizer("a-token")

    get_authorizer = ready_authorizer

    def may_resolve(self, response: Any) -> bool:
        return False


def test_reading_files() -> None:
    collection = "11111111-1111-4111-8111-111111111111"
    file = "https://m-1.data.globus.org/notes.txt"
    login = f"https://auth.globus.org/v2/oauth2/authorize?client_id={collection}"
    responses.get(file, status=302, headers={"Location": login})
    RegisteredResponse(
        service="transfer",
        path=f"/v0.10/endpoint/{collection}",
        json={"entity_type": "GCSv5_guest_collection", "https_server": "https://m-1.data.globus.org"},
    ).add()
    responses.get(file, body="one\ntwo\n")
    names = run_example("connect_server/read_files.py")
    assert names["read_lines"](LoggedIn(), file) == ["one", "two"]
