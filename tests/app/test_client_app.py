"""A service's application: no user, and tokens that it gets by itself."""

from __future__ import annotations

import pytest

from globus_transport import (
    AuthAPIError,
    AuthClient,
    ClientApp,
    ConfidentialAppAuthClient,
    GlobusAppConfig,
    GlobusSDKUsageError,
    NativeAppAuthClient,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from tests.app.conftest import Apps

TRANSFER = TransferScopes.resource_server


def test_the_first_call_gets_a_token_and_stores_it(globus: Sandbox, apps: Apps) -> None:
    app = apps.client_app()
    client = apps.transfer(app)
    assert len(globus.requests) == 0
    client.task_list()
    client.task_list()
    assert globus.grants == {"client_credentials": 1}
    # So that the next start of the service needs none.
    apps.transfer(apps.client_app()).task_list()
    assert globus.grants == {"client_credentials": 1}


def test_a_refused_token_is_renewed_and_stored(globus: Sandbox, apps: Apps) -> None:
    client = apps.transfer(apps.client_app(token_storage="sqlite"))
    client.task_list()
    globus.revoke_all_access_tokens()
    client.task_list()
    apps.transfer(apps.client_app(token_storage="sqlite")).task_list()
    assert globus.grants == {"client_credentials": 2}


def test_login_gets_all_tokens_at_once(globus: Sandbox, apps: Apps) -> None:
    app = apps.client_app(token_storage="memory")
    client = apps.transfer(app)
    assert app.login_required()
    app.login()
    assert not app.login_required()
    app.login()
    assert app.token_storage.get_token_data_by_resource_server().keys() == {TRANSFER, "auth.globus.org"}
    identity = app.token_storage.identity_id
    with AuthClient(app=app) as auth:
        # profile and email are more than the tokens are for.
        assert app.login_required()
        assert auth.userinfo()["sub"] == identity
    client.task_list()
    assert globus.grants == {"client_credentials": 2}


def test_logout_revokes(globus: Sandbox, apps: Apps) -> None:
    app = apps.client_app()
    client = apps.transfer(app)
    client.task_list()
    token = app.token_storage.get_token_data(TRANSFER).access_token
    app.logout()
    assert app._login_client.oauth2_token_introspect(token)["active"] is False
    client.task_list()
    assert globus.grants == {"client_credentials": 2}


def test_a_wrong_secret(globus: Sandbox) -> None:
    with ClientApp("x", client_id=globus.client_id, client_secret="wrong") as app, AuthClient(app=app) as client:
        for call in (client.userinfo, app.login):
            with pytest.raises(AuthAPIError) as caught:
                call()
            assert caught.value.http_status == 401
        assert app.login_required()


def test_a_login_client_of_ones_own_stays_open(globus: Sandbox) -> None:
    with ConfidentialAppAuthClient(globus.client_id, globus.client_secret) as login_client:
        with ClientApp("x", login_client=login_client) as app:
            assert app.client_id == globus.client_id
            app.add_scope_requirements({TRANSFER: str(TransferScopes.all)})
            app.login(force=True)
        assert login_client.oauth2_client_credentials_tokens("openid").http_status == 200


def test_what_cannot_be(globus: Sandbox) -> None:
    with pytest.raises(GlobusSDKUsageError, match="client_secret="):
        ClientApp("x", client_id="c")
    with pytest.raises(GlobusSDKUsageError, match="login_flow_manager"):
        ClientApp("x", client_id="c", client_secret="s", config=GlobusAppConfig(login_flow_manager="command-line"))
    native = NativeAppAuthClient("c")
    with pytest.raises(GlobusSDKUsageError, match="ConfidentialAppAuthClient, not a NativeAppAuthClient"):
        ClientApp("x", login_client=native)  # type: ignore[arg-type]
    own = ConfidentialAppAuthClient("c", "s", environment="preview", base_url="https://auth.example.org")
    with pytest.raises(GlobusSDKUsageError, match=r"'preview'.*'production'"):
        ClientApp("x", login_client=own)
    with pytest.raises(GlobusSDKUsageError, match="not both"):
        ClientApp("x", login_client=own, client_id="c")
    app = ClientApp("x", client_id="c", client_secret="s")
    with pytest.raises(GlobusSDKUsageError, match="no scopes of"):
        app.get_authorizer("another.service")
    app.close()
