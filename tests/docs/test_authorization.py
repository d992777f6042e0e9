"""The page on authorization: each of its programs runs as it is shown, and its clients work."""

from __future__ import annotations

import pytest

from globus_transport import AuthAPIError, AuthScopes, TransferAPIError, TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import EXAMPLES, RunExample

AUTH_SCOPES = f"openid {AuthScopes.view_identities}"


@pytest.mark.parametrize("name", [file.name for file in (EXAMPLES / "authorization").glob("*.py")])
def test_making_the_clients_sends_nothing(name: str, globus: Sandbox, run: RunExample) -> None:
    text = (EXAMPLES / "authorization" / name).read_text("utf-8")
    constants = {line.partition(" = ")[0]: "..." for line in text.splitlines() if line.endswith(' = "..."')}
    run(f"authorization/{name}", **constants)
    assert len(globus.requests) == 0


def test_access_tokens(globus: Sandbox, run: RunExample) -> None:
    collection = globus.add_collection("here")
    (collection.folder / "file").write_bytes(b"")
    names = run(
        "authorization/access_tokens.py",
        AUTH_ACCESS_TOKEN=globus.issue_token(AUTH_SCOPES).access_token,
        TRANSFER_ACCESS_TOKEN=globus.issue_token(TransferScopes.all).access_token,
    )
    assert names["auth_client"].userinfo()["sub"] == globus.user.id
    assert [entry["name"] for entry in names["transfer_client"].operation_ls(collection.id)] == ["file"]
    # They are not renewed.
    globus.expire_access_tokens()
    with pytest.raises(AuthAPIError) as refused_by_auth:
        names["auth_client"].userinfo()
    with pytest.raises(TransferAPIError) as refused_by_transfer:
        names["transfer_client"].operation_ls(collection.id)
    assert (refused_by_auth.value.http_status, refused_by_transfer.value.http_status) == (401, 401)
    assert globus.grants.total() == 0


def test_refresh_tokens(globus: Sandbox, run: RunExample) -> None:
    collection = globus.add_collection("here")
    for_auth = globus.issue_token(AUTH_SCOPES, client_id=globus.client_id).refresh_token
    for_transfer = globus.issue_token(TransferScopes.all, client_id=globus.client_id).refresh_token
    assert for_auth is not None
    assert for_transfer is not None
    names = run(
        "authorization/refresh_tokens.py",
        CLIENT_ID=globus.client_id,
        CLIENT_SECRET=globus.client_secret,
        AUTH_REFRESH_TOKEN=for_auth,
        TRANSFER_REFRESH_TOKEN=for_transfer,
    )
    for _ in range(2):
        assert names["auth_client"].userinfo()["sub"] == globus.user.id
        assert names["transfer_client"].operation_ls(collection.id)["DATA"] == []
    assert globus.grants == {"refresh_token": 2}
    # The tokens are refused, and renewed with the refresh tokens of the previous renewal.
    globus.revoke_all_access_tokens()
    assert names["auth_client"].userinfo()["sub"] == globus.user.id
    assert names["transfer_client"].operation_ls(collection.id)["DATA"] == []
    assert globus.grants == {"refresh_token": 4}


def test_client_id_and_secret(globus: Sandbox, run: RunExample) -> None:
    token = globus.issue_token(TransferScopes.all).access_token
    names = run("authorization/basic.py", CLIENT_ID=globus.client_id, CLIENT_SECRET=globus.client_secret)
    client = names["auth_client"]
    assert client.oauth2_token_introspect(token)["active"] is True
    reply = client.oauth2_client_credentials_tokens(TransferScopes.all)
    own = reply.by_resource_server[TransferScopes.resource_server]["access_token"]
    assert client.oauth2_token_introspect(own)["client_id"] == globus.client_id
    client.oauth2_revoke_token(own)
    assert client.oauth2_token_introspect(own)["active"] is False


def test_a_wrong_secret_is_refused(globus: Sandbox, run: RunExample) -> None:
    client = run("authorization/basic.py", CLIENT_ID=globus.client_id, CLIENT_SECRET="wrong")["auth_client"]
    with pytest.raises(AuthAPIError) as refused:
        client.oauth2_token_introspect("a-token")
    assert refused.value.http_status == 401


def test_underneath(globus: Sandbox, run: RunExample) -> None:
    names = run("authorization/basic_underneath.py", CLIENT_ID=globus.client_id, CLIENT_SECRET=globus.client_secret)
    found = names["auth_client"].get_identities(usernames=globus.user.username)
    assert [identity["id"] for identity in found] == [globus.user.id]
    (sent,) = globus.requests
    assert (sent.headers["Authorization"] or "").startswith("Basic ")
