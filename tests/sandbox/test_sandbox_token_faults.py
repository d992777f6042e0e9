"""Token responses that are wrong on purpose, and the error that a program sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import jwt
import pytest

from globus_transport import (
    ConfidentialAppAuthClient,
    GlobusAppConfig,
    NativeAppAuthClient,
    TransferAPIError,
    TransferClient,
    UserApp,
)
from globus_transport.globus_app.errors import (
    MissingIdentityError,
    TokenValidationError,
    UnmetScopeRequirementsError,
)
from globus_transport.login_flows import LoginFlowManager
from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.token_faults import TokenFault
from globus_transport.services.auth.errors import IDTokenError
from globus_transport.token_storage import MemoryTokenStorage
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

SCOPES = ["openid", TRANSFER_ALL]


@pytest.fixture
def client(globus: Sandbox) -> Iterator[NativeAppAuthClient]:
    with NativeAppAuthClient(globus.native_client_id) as client:
        yield client


def log_in(globus: Sandbox, client: NativeAppAuthClient, scopes: list[str] = SCOPES) -> Any:
    client.oauth2_start_flow(scopes, refresh_tokens=True)
    url = client.oauth2_get_authorize_url(query_params={"nonce": "n1"})
    return client.oauth2_exchange_code_for_tokens(globus.approve(url))


def claims_of(tokens: Any) -> Any:
    return jwt.decode(tokens["id_token"], options={"verify_signature": False})


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("other_issuer", jwt.InvalidIssuerError),
        ("other_audience", jwt.InvalidAudienceError),
        ("bad_signature", jwt.InvalidSignatureError),
        ("expired", jwt.ExpiredSignatureError),
        ("not_yet_valid", jwt.ImmatureSignatureError),
    ],
)
def test_an_id_token_with_a_fault_is_refused(
    globus: Sandbox, client: NativeAppAuthClient, fault: TokenFault, reason: type[Exception]
) -> None:
    globus.token_faults.add(fault)
    with pytest.raises(IDTokenError) as caught:
        log_in(globus, client).decode_id_token()
    assert type(caught.value.__cause__) is reason
    assert globus.token_faults.pending() == []
    # The next login is as it should be.
    assert log_in(globus, client).decode_id_token()["sub"] == globus.user.id


def test_another_nonce(globus: Sandbox, client: NativeAppAuthClient) -> None:
    globus.token_faults.add("other_nonce")
    assert claims_of(log_in(globus, client))["nonce"] != "n1"
    assert claims_of(log_in(globus, client))["nonce"] == "n1"


def test_without_an_id_token(globus: Sandbox, client: NativeAppAuthClient) -> None:
    globus.token_faults.add("missing_id_token")
    assert "id_token" not in log_in(globus, client).data
    assert "id_token" in log_in(globus, client).data


def test_expired_tokens_are_refused_although_they_look_new(globus: Sandbox, client: NativeAppAuthClient) -> None:
    globus.token_faults.add("expired")
    tokens = log_in(globus, client).by_resource_server["transfer.api.globus.org"]
    assert tokens["expires_at_seconds"] > globus.clock.now()
    assert Http(globus.transfer_url, tokens["access_token"])("GET", "/v0.10/task_list").status == 401
    renewed = client.oauth2_refresh_token(tokens["refresh_token"])
    assert Http(globus.transfer_url, renewed["access_token"])("GET", "/v0.10/task_list").status == 200


def test_without_other_tokens(globus: Sandbox, client: NativeAppAuthClient) -> None:
    globus.token_faults.add("missing_other_tokens")
    assert list(log_in(globus, client).by_resource_server) == ["auth.globus.org"]


@pytest.mark.parametrize("scopes", [SCOPES, ["openid"]])
def test_another_scope_than_was_requested(globus: Sandbox, client: NativeAppAuthClient, scopes: list[str]) -> None:
    globus.token_faults.add("other_scope")
    *_, last = log_in(globus, client, scopes).by_resource_server.values()
    assert last["scope"] not in scopes
    assert last["scope"].startswith(f"urn:globus:auth:scope:{last['resource_server']}:")
    # The refresh token is for this scope, too.
    assert client.oauth2_refresh_token(last["refresh_token"])["scope"] == last["scope"]


class _Approval(LoginFlowManager):
    """Logs in at the sandbox, in place of a person."""

    def __init__(self, login_client: Any, globus: Sandbox) -> None:
        super().__init__(login_client, request_refresh_tokens=True)
        self._globus = globus

    def run_login_flow(self, auth_parameters: Any) -> Any:
        url = self._get_authorize_url(auth_parameters, f"{self._globus.auth_url}v2/web/auth-code")
        return self.login_client.oauth2_exchange_code_for_tokens(self._globus.approve(url))


@pytest.fixture
def app(globus: Sandbox, client: NativeAppAuthClient) -> Iterator[UserApp]:
    config = GlobusAppConfig(
        token_storage=MemoryTokenStorage(), login_flow_manager=_Approval(client, globus), request_refresh_tokens=True
    )
    with UserApp("test", login_client=client, config=config) as app:
        yield app


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("other_issuer", IDTokenError),
        ("bad_signature", IDTokenError),
        ("not_yet_valid", IDTokenError),
        ("missing_id_token", MissingIdentityError),
        ("missing_other_tokens", TokenValidationError),
        ("other_scope", UnmetScopeRequirementsError),
    ],
)
def test_an_app_stores_no_tokens_with_a_fault(
    globus: Sandbox, app: UserApp, fault: TokenFault, error: type[Exception]
) -> None:
    with TransferClient(app=app) as transfer:
        globus.token_faults.add(fault, times=5)
        with pytest.raises(error):
            transfer.task_list()
        globus.token_faults.clear()
        assert list(transfer.task_list()) == []


def test_an_app_renews_once_for_a_call_so_that_a_second_bad_token_is_an_error(globus: Sandbox, app: UserApp) -> None:
    with TransferClient(app=app) as transfer:
        app.login()
        globus.revoke_all_access_tokens()
        globus.token_faults.add("expired")
        with pytest.raises(TransferAPIError, match="401"):
            transfer.task_list()
        assert list(transfer.task_list()) == []


def test_a_fault_waits_for_a_response_that_it_can_change(globus: Sandbox, client: NativeAppAuthClient) -> None:
    globus.token_faults.add("bad_signature")
    globus.token_faults.add("missing_other_tokens")
    with ConfidentialAppAuthClient(globus.client_id, globus.client_secret) as confidential:
        confidential.oauth2_client_credentials_tokens([TRANSFER_ALL])
    assert globus.token_faults.pending() == ["bad_signature", "missing_other_tokens"]
    with pytest.raises(AssertionError, match=r"2 faults were not met: token fault 'bad_signature'"):
        globus.verify()
    log_in(globus, client, [TRANSFER_ALL, "urn:globus:auth:scope:groups.api.globus.org:all"])
    assert globus.token_faults.pending() == ["bad_signature"]
    log_in(globus, client)
    globus.verify()


def test_faults_are_checked_and_cleared(globus: Sandbox) -> None:
    wrong: list[Any] = [{"fault": "typo"}, {"fault": "expired", "times": 0}]
    for arguments in wrong:
        with pytest.raises(ValueError, match=r"typo|times=0"):
            globus.token_faults.add(**arguments)
    for fault in get_args(TokenFault):
        globus.token_faults.add(fault, times=2)
    assert len(globus.token_faults.pending()) == 2 * len(get_args(TokenFault))
    globus.token_faults.clear()
    globus.verify()
    globus.token_faults.add("expired")
    globus.reset()
    globus.verify()
