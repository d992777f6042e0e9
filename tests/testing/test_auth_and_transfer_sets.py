"""The ready-made replies of Auth and Transfer: what their metadata says is what the replies hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from globus_transport import (
    AuthAPIError,
    AuthClient,
    ConfidentialAppAuthClient,
    NativeAppAuthClient,
    TransferAPIError,
    TransferClient,
)
from globus_transport.testing import get_last_request, get_response_set, load_response, use_responses
from tests.terminals.fresh_terminal import forget_proxies

#: The key of the document in the reply.
_DOCUMENTS = {
    "create_client": "client",
    "create_child_client": "client",
    "update_client": "client",
    "create_native_app_instance": "client",
    "create_policy": "policy",
    "update_policy": "policy",
    "create_scope": "scope",
    "update_scope": "scope",
}
#: Parameters that are not fields of the document of that name.
_OTHERWISE = {"client_id", "scope_id", "policy_id", "scope_suffix", "template_id"}


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses():
        yield


def _cases() -> list[tuple[str, str]]:
    return [
        (name, case)
        for name in _DOCUMENTS
        for case in get_response_set(f"auth.{name}").cases()
        if "args" in get_response_set(f"auth.{name}").lookup(case).metadata
    ]


def _client(name: str) -> Any:
    if name == "create_native_app_instance":
        return NativeAppAuthClient("an-id")
    return ConfidentialAppAuthClient("an-id", "a secret") if name == "create_child_client" else AuthClient()


def test_there_are_as_many_cases() -> None:
    assert len(_cases()) > 90


@responses.activate
@pytest.mark.parametrize(("name", "case"), _cases())
def test_a_call_with_the_arguments_gets_what_they_ask_for(name: str, case: str) -> None:
    metadata = load_response(f"auth.{name}", case=case).metadata
    reply = getattr(_client(name), name)(**metadata["args"])
    document = reply[_DOCUMENTS[name]]
    for field, value in metadata["response"].items():
        assert document[field] == value
    for parameter, value in metadata["args"].items():
        if parameter in document.get("links", ()):
            assert document["links"][parameter] == value
        elif parameter not in _OTHERWISE:
            assert document[parameter] == value
    if "scope_suffix" in metadata["args"]:
        assert document["scope_string"].endswith(f"/{metadata['args']['scope_suffix']}")
    # The case is about a parameter: it is given, and sent.
    last = get_last_request()
    assert last is not None
    parameter = case.removeprefix("not_").removeprefix("no_").removeprefix("empty_")
    if parameter in metadata["args"]:
        sent = json.loads(last.body or b"{}")
        assert metadata["args"][parameter] in [*sent.values(), *sent.get(_DOCUMENTS[name], {}).values()] or (
            parameter in ("client_id", "scope_id")
        )


@responses.activate
def test_lists_hold_the_ids_of_the_metadata() -> None:
    client = AuthClient()
    for name, key, item in (
        ("get_projects", "project_ids", "id"),
        ("get_policies", "policy_ids", "id"),
        ("get_clients", "client_ids", "id"),
        ("get_scopes", "scope_ids", "id"),
    ):
        metadata = load_response(f"auth.{name}").metadata
        assert [document[item] for document in getattr(client, name)()] == metadata[key]
    metadata = load_response("auth.get_projects").metadata
    assert {project["id"]: project["admin_ids"] for project in client.get_projects()} == metadata["admin_map"]
    metadata = load_response("auth.get_identities", case="multiple").metadata
    identities = list(client.get_identities(ids=metadata["ids"]))
    assert [identity["id"] for identity in identities] == metadata["ids"]
    assert [identity["username"] for identity in identities] == metadata["usernames"]


@responses.activate
@pytest.mark.parametrize("case", ["default", "globusid", "sirosen"])
def test_an_identity(case: str) -> None:
    metadata = load_response("auth.get_identities", case=case).metadata
    (identity,) = AuthClient().get_identities(usernames=metadata["username"])
    assert (identity["id"], identity["username"]) == (metadata["id"], metadata["username"])
    assert identity["organization"] == metadata.get("org", identity["organization"])
    assert identity["username"].startswith(metadata.get("short_username", ""))


@responses.activate
def test_a_client_by_its_domain_and_scopes_by_id_or_text() -> None:
    client = AuthClient()
    metadata = load_response("auth.get_client", case="fqdn").metadata
    found = client.get_client(fqdn=metadata["fqdn"])["client"]
    assert (found["id"], metadata["fqdn"] in found["fqdns"]) == (metadata["client_id"], True)
    metadata = load_response("auth.get_scopes", case="id").metadata
    assert [scope["id"] for scope in client.get_scopes(ids=metadata["scope_id"])] == [metadata["scope_id"]]
    text = load_response("auth.get_scopes", case="string").metadata["scope_string"]
    assert [scope["scope_string"] for scope in client.get_scopes(scope_strings=text)] == [text]


@responses.activate
def test_an_id_token_is_signed_with_the_key_that_is_published() -> None:
    client = ConfidentialAppAuthClient(get_response_set("auth.get_client").metadata["client_id"], "a secret")
    load_response("auth.get_jwk")
    load_response("auth.oauth2_client_credentials_tokens", case="openid")
    claims = client.oauth2_client_credentials_tokens("openid").decode_id_token()
    assert claims["sub"] == get_response_set("auth.get_identities").lookup("default").metadata["id"]
    load_response("auth.oauth2_exchange_code_for_tokens", case="openid")
    client.oauth2_start_flow("https://app.example.org", "openid")
    assert client.oauth2_exchange_code_for_tokens("a code").decode_id_token() == claims


@responses.activate
@pytest.mark.parametrize("case", ["groups", "groups_with_refresh_token"])
def test_dependent_tokens(case: str) -> None:
    metadata = load_response("auth.oauth2_get_dependent_tokens", case=case).metadata
    tokens = ConfidentialAppAuthClient("id", "s").oauth2_get_dependent_tokens("t").by_resource_server
    for server, fields in metadata["rs_data"].items():
        assert {name: tokens[server][name] for name in fields} == fields


@responses.activate
@pytest.mark.parametrize("case", ["unauthorized", "forbidden"])
def test_a_refusal_of_userinfo(case: str) -> None:
    metadata = load_response("auth.userinfo", case=case).metadata
    with pytest.raises(AuthAPIError) as raised:
        AuthClient().userinfo()
    error = raised.value
    assert (error.http_status, error.code, error.messages) == (
        metadata["http_status"],
        metadata["code"],
        [metadata["message"]],
    )
    assert error.errors[0].raw["id"] == metadata["error_id"]


@responses.activate
def test_tasks_are_those_of_the_metadata() -> None:
    client = TransferClient()
    metadata = load_response("transfer.endpoint_manager_task_list").metadata
    (task,) = client.endpoint_manager_task_list()
    names = {"source": "source_endpoint_id", "destination": "destination_endpoint_id", "task_id": "task_id"}
    assert {key: task[name] for key, name in names.items()} == {key: metadata[key] for key in names}
    assert task["owner_id"] == metadata["owner_id"]
    (expected,) = load_response("transfer.task_list").metadata["tasks"]
    (task,) = client.task_list()
    assert (task["task_id"], task["source_endpoint_id"]) == (expected["task_id"], expected["source_id"])


@responses.activate
@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("no_admin_role", 403),
        ("non_valid_verified_status", 400),
        ("non_subscribed_endpoint", 400),
        ("no_identities_in_session", 400),
    ],
)
def test_a_refusal_of_a_verification(case: str, status: int) -> None:
    metadata = load_response("transfer.set_subscription_admin_verified", case=case).metadata
    with pytest.raises(TransferAPIError) as raised:
        TransferClient().set_subscription_admin_verified(metadata["endpoint_id"], True)
    assert raised.value.http_status == status
