"""A client of one package on an application of the other, for programs that move over service by service."""

from __future__ import annotations

import json
from typing import Any

import globus_sdk
import globus_sdk.login_flows
import globus_sdk.token_storage
import pytest
import requests

import globus_transport
import globus_transport.login_flows
import globus_transport.token_storage
from globus_transport import GlobusSDKUsageError
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole

TRANSFER = "transfer.api.globus.org"
SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"
DEMAND = json.dumps(
    {"code": "ConsentRequired", "authorization_parameters": {"required_scopes": ["more"], "session_message": "x"}}
).encode()


def make_app(package: Any, logins: list[Any]) -> Any:
    """An application whose user logs in at once, with a token that tells the number of the login."""

    class LoginFlowManager(package.login_flows.LoginFlowManager):  # type: ignore[misc]
        def run_login_flow(self, auth_parameters: Any) -> Any:
            logins.append(auth_parameters)
            return _token_reply(package, self.login_client, len(logins))

    login_client = package.NativeAppAuthClient("c9c9b6c2-8d2d-4a43-8d6c-33e5c7a1a001")
    config = package.GlobusAppConfig(
        login_flow_manager=LoginFlowManager(login_client),
        token_storage=package.token_storage.MemoryTokenStorage(),
        auto_redrive_gares=True,
        id_token_decoder=_NoDecoder(login_client),
    )
    return package.UserApp("app", login_client=login_client, config=config)


class _NoDecoder(globus_transport.IDTokenDecoder, globus_sdk.IDTokenDecoder):  # type: ignore[misc]
    def __init__(self, login_client: Any) -> None:
        self.auth_client = login_client

    def decode(self, _id_token: str, /) -> Any:
        return {"sub": "me"}


def _token_reply(package: Any, client: Any, number: int) -> Any:
    tokens = {
        "access_token": f"token{number}",
        "expires_in": 3600,
        "token_type": "Bearer",
        "resource_server": TRANSFER,
        "scope": f"{SCOPE} more",
        "id_token": "x",
        "other_tokens": [
            {
                "access_token": "auth",
                "expires_in": 3600,
                "token_type": "Bearer",
                "resource_server": "auth.globus.org",
                "scope": "openid",
            }
        ],
    }
    reply = requests.Response()
    reply.status_code = 200
    reply.headers["Content-Type"] = "application/json"
    reply._content = json.dumps(tokens).encode()
    return package.OAuthTokenResponse(package.GlobusHTTPResponse(reply, client))


@pytest.mark.parametrize(
    ("client_package", "app_package"), [(globus_sdk, globus_transport), (globus_transport, globus_sdk)]
)
def test_it_logs_in_and_again_when_the_service_demands_it(client_package: Any, app_package: Any) -> None:
    logins: list[Any] = []

    def script(peer: Peer) -> None:
        answers = [whole(DEMAND, "403 Forbidden", "Content-Type: application/json"), whole(b"{}")] * 2
        for answer in answers:
            peer.read_request()
            peer.send(answer)

    with ScriptedServer(script) as server:
        app = make_app(app_package, logins)
        client = client_package.TransferClient(app=app, base_url=server.origin)
        client.get("/x")
        client.close()
    assert [request["Authorization"] for request in server.requests] == ["Bearer token1", "Bearer token2"]
    assert len(logins) == 2
    assert "more" in logins[1].required_scopes
    assert client.app_name == "app"


def test_what_is_no_application() -> None:
    with pytest.raises(GlobusSDKUsageError, match="expected a UserApp or ClientApp, got a object"):
        globus_transport.TransferClient().attach_globus_app(object())  # type: ignore[arg-type]
