"""Clients that programs bring along, and what the clients of one application may do with each other's tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Identity, Sandbox, SandboxClient
from tests.sandbox.login_pages import authorize_url, introspect, tokens_for
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

GLOBUS_CLI = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def http(sandbox: Sandbox) -> Http:
    return Http(sandbox.auth_url)


@pytest.mark.parametrize(
    "client_id", [GLOBUS_CLI, "4cf29807-cf21-49ec-9443-ff9a3fb9f81c", "61338d24-54d5-408f-a10d-66c06b59f6d2"]
)
def test_public_programs_are_known(globus: Sandbox, client_id: str) -> None:
    client = globus_sdk.NativeAppAuthClient(client_id)
    client.oauth2_start_flow([TRANSFER_ALL])
    tokens = client.oauth2_exchange_code_for_tokens(globus.approve(client.oauth2_get_authorize_url()))
    assert list(tokens.by_resource_server) == ["transfer.api.globus.org"]
    client.close()


def test_a_native_client_with_its_own_id(sandbox: Sandbox, http: Http) -> None:
    assert sandbox.add_client(ID) == SandboxClient(ID, None)
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL, "client_id": ID}
    assert http("POST", "/v2/oauth2/token", form=form).status == 401
    assert sandbox.approve(authorize_url(sandbox, client_id=ID))


def test_a_confidential_client_with_its_own_secret(sandbox: Sandbox, http: Http) -> None:
    client = sandbox.add_client(ID.replace("1", "a").upper(), "my secret", native=False, name="Portal")
    assert (client.id, client.secret) == (ID.replace("1", "a"), "my secret")
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
    token = http("POST", "/v2/oauth2/token", form=form, basic=(client.id, "my secret")).document["access_token"]
    assert introspect(sandbox, token)["name"] == "Portal"
    assert "my secret" not in repr(client)


def test_ids_and_secrets_are_made_if_none_are_given(sandbox: Sandbox, http: Http) -> None:
    first, second = sandbox.add_client(native=False), sandbox.add_client(native=False)
    assert first.id != second.id
    assert first.secret
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL}
    assert http("POST", "/v2/oauth2/token", form=form, basic=(first.id, first.secret)).status == 200
    assert http("POST", "/v2/oauth2/token", form=form, basic=(second.id, first.secret)).status == 401


def test_redirect_uris_of_a_client_are_the_only_ones(sandbox: Sandbox) -> None:
    client = sandbox.add_client(redirect_uris=["https://portal.example/callback"])
    assert sandbox.approve(authorize_url(sandbox, client_id=client.id, redirect_uri="https://portal.example/callback"))
    with pytest.raises(ValueError, match="refused"):
        sandbox.approve(authorize_url(sandbox, client_id=client.id))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"id": "my-app"}, ValueError, "UUID"),
        ({"secret": "s"}, ValueError, "native"),
        ({"secret": "", "native": False}, ValueError, "empty"),
        ({"secret": "\ud800", "native": False}, ValueError, "^secret: the text has one half"),
        ({"name": "\ud800"}, ValueError, "^name: the text has one half"),
        ({"redirect_uris": "https://a.example/"}, TypeError, "list"),
        ({"redirect_uris": ["/relative"]}, ValueError, "absolute"),
    ],
)
def test_what_makes_no_client(
    sandbox: Sandbox, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sandbox.add_client(**arguments)


def test_the_sandboxs_own_and_registered_clients_are_not_replaced(sandbox: Sandbox, http: Http) -> None:
    document = {"client": {"template_id": GLOBUS_CLI, "name": "Mine"}}
    registered = http("POST", "/v2/api/clients", document=document).document["client"]["id"]
    for id in (sandbox.client_id, sandbox.native_client_id, registered):
        with pytest.raises(ValueError, match="already"):
            sandbox.add_client(id)


def test_clients_outlive_the_sandbox_in_its_folder_and_can_be_added_again(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as first:
        first.add_client(ID, "secret", native=False, name="Portal")
    with Sandbox(tmp_path) as second:
        assert second.issue_token(TRANSFER_ALL, client_id=ID)
        assert second.issue_token(TRANSFER_ALL, client_id=GLOBUS_CLI)
        assert second.add_client(ID, "another", native=False).secret == "another"


def test_a_folder_of_a_sandbox_that_did_not_know_a_program_does_no_harm(tmp_path: Path) -> None:
    with Sandbox(tmp_path):
        pass
    file = tmp_path / ".globus-sandbox.json"
    document = json.loads(file.read_text())
    document["clients"] = [client for client in document["clients"] if client["client_id"] != GLOBUS_CLI]
    file.write_text(json.dumps(document))
    with Sandbox(tmp_path) as sandbox:
        assert sandbox.issue_token(TRANSFER_ALL, client_id=GLOBUS_CLI)


class Family:
    """A client that was made from a template, as globus-cli does it."""

    def __init__(self, globus: Sandbox, template: str = GLOBUS_CLI) -> None:
        document = {"client": {"template_id": template, "name": "Globus CLI"}}
        made = Http(globus.auth_url)("POST", "/v2/api/clients", document=document).document
        credential = made["included"]["client_credential"]
        self.id, self.secret = str(credential["client"]), str(credential["secret"])
        self.token = globus.issue_token(TRANSFER_ALL, client_id=self.id)


def is_active(globus: Sandbox, token: str) -> bool:
    return bool(introspect(globus, token)["active"])


def test_the_template_revokes_what_its_client_got(sandbox: Sandbox, http: Http) -> None:
    mine = Family(sandbox)
    for token in (mine.token.access_token, str(mine.token.refresh_token)):
        answer = http("POST", "/v2/oauth2/token/revoke", form={"token": token, "client_id": GLOBUS_CLI})
        assert (answer.status, answer.document) == (200, {"active": False})
        assert not is_active(sandbox, token)


def test_a_client_made_from_a_template_revokes_what_the_template_got(sandbox: Sandbox, http: Http) -> None:
    mine, token = Family(sandbox), sandbox.issue_token(TRANSFER_ALL, client_id=GLOBUS_CLI).access_token
    form = {"token": token}
    assert http("POST", "/v2/oauth2/token/revoke", form=form, basic=(mine.id, mine.secret)).status == 200
    assert not is_active(sandbox, token)


def test_clients_of_one_template_or_project_revoke_each_others_tokens(sandbox: Sandbox, http: Http) -> None:
    mine, other, stranger = Family(sandbox), Family(sandbox), Family(sandbox, sandbox.native_client_id)
    form = {"token": mine.token.access_token}
    assert http("POST", "/v2/oauth2/token/revoke", form=form, basic=(stranger.id, stranger.secret)).status == 400
    assert is_active(sandbox, mine.token.access_token)
    assert http("POST", "/v2/oauth2/token/revoke", form=form, basic=(other.id, other.secret)).status == 200
    assert not is_active(sandbox, mine.token.access_token)

    manage = "urn:globus:auth:scope:auth.globus.org:manage_projects"
    auth = Http(sandbox.auth_url, sandbox.issue_token(manage).access_token)
    project = {"project": {"display_name": "P", "contact_email": "ada@sandbox.example"}}
    project_id = auth("POST", "/v2/api/projects", document=project).document["project"]["id"]
    fields = {"name": "N", "project": project_id, "public_client": True}
    first, second = (
        auth("POST", "/v2/api/clients", document={"client": fields}).document["client"]["id"] for _ in "12"
    )
    token = sandbox.issue_token(TRANSFER_ALL, client_id=first).access_token
    assert http("POST", "/v2/oauth2/token/revoke", form={"token": token, "client_id": second}).status == 200
    assert not is_active(sandbox, token)


def test_clients_without_a_project_and_a_parent_are_strangers(sandbox: Sandbox, http: Http) -> None:
    first, second = sandbox.add_client(), sandbox.add_client()
    token = sandbox.issue_token(TRANSFER_ALL, client_id=first.id).access_token
    assert http("POST", "/v2/oauth2/token/revoke", form={"token": token, "client_id": second.id}).status == 400
    assert is_active(sandbox, token)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_validation_tells_whether_a_token_is_good_and_nothing_else(sandbox: Sandbox, http: Http, kind: str) -> None:
    mine = Family(sandbox)
    form = {"token": getattr(mine.token, kind)}
    asked = http("POST", "/v2/oauth2/token/validate", form=form, basic=(mine.id, mine.secret))
    assert (asked.status, asked.document) == (200, {"active": True})
    as_template = http("POST", "/v2/oauth2/token/validate", form={**form, "client_id": GLOBUS_CLI})
    assert as_template.document == {"active": True}
    # Strangers do not learn that it is good.
    basic = (sandbox.client_id, sandbox.client_secret)
    assert http("POST", "/v2/oauth2/token/validate", form=form, basic=basic).document == {"active": False}
    http("POST", "/v2/oauth2/token/revoke", form=form, basic=(mine.id, mine.secret))
    gone = http("POST", "/v2/oauth2/token/validate", form=form, basic=(mine.id, mine.secret))
    assert gone.document == {"active": False}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"token": "unknown", "client_id": GLOBUS_CLI}, 200),
        ({"token": "t"}, 401),
        ({"client_id": GLOBUS_CLI}, 400),
        ({"token": "t", "client_id": "unknown"}, 401),
        ({"token": "\0", "client_id": GLOBUS_CLI}, 200),
    ],
)
def test_validation_of_nonsense(http: Http, form: dict[str, str], status: int) -> None:
    answer = http("POST", "/v2/oauth2/token/validate", form=form)
    assert answer.status == status
    assert answer.document.get("active") is not True


def test_introspection_includes_what_is_asked_for(sandbox: Sandbox) -> None:
    token = sandbox.issue_token(TRANSFER_ALL).access_token
    plain = introspect(sandbox, token, "")
    assert not {"identity_set", "identities_set", "identity_set_detail", "session_info"} & {*plain}
    full = introspect(sandbox, token, "identity_set, identities_set,identity_set_detail,session_info,unknown")
    assert full["identity_set"] == full["identities_set"] == [sandbox.user.id]
    (detail,) = full["identity_set_detail"]
    assert (detail["sub"], detail["username"], detail["status"]) == (sandbox.user.id, sandbox.user.username, "used")
    # A token without a login has a session without authentications.
    assert full["session_info"]["authentications"] == {}
    assert full.keys() - plain.keys() == {"identity_set", "identities_set", "identity_set_detail", "session_info"}
    assert introspect(sandbox, "unknown", "session_info") == {"active": False}


def test_session_info_tells_who_logged_in_when_and_how(globus: Sandbox) -> None:
    grace = globus.add_identity(Identity("grace@sandbox.example"))
    then = int(globus.clock.now())
    url = authorize_url(globus, session_required_identities=grace.username, session_required_mfa="true")
    tokens = tokens_for(globus, globus.approve(url))
    globus.clock.advance(5000)
    session = introspect(globus, tokens["access_token"])["session_info"]
    assert session["authentications"].keys() == {globus.user.id, grace.id}
    mine = session["authentications"][globus.user.id]
    assert then <= mine["auth_time"] <= then + 10
    assert (mine["amr"], mine["acr"], mine["custom_claims"]) == (["mfa"], None, {})
    assert mine["idp"] == globus._state.identities.all()[0].document()["identity_provider"]
    # All tokens of one login share its session.
    (other,) = tokens["other_tokens"]
    assert introspect(globus, other["access_token"])["session_info"] == session


def test_a_dependent_token_has_the_session_of_the_login(globus: Sandbox) -> None:
    scope = f"https://auth.globus.org/scopes/{globus.client_id}/all[{TRANSFER_ALL}]"
    token = tokens_for(globus, globus.approve(authorize_url(globus, scope=scope)))["access_token"]
    form = {"grant_type": "urn:globus:auth:grant_type:dependent_token", "token": token}
    basic = (globus.client_id, globus.client_secret)
    (dependent,) = Http(globus.auth_url)("POST", "/v2/oauth2/token", form=form, basic=basic).document
    session = introspect(globus, dependent["access_token"])["session_info"]
    assert session["authentications"].keys() == {globus.user.id}
