"""What services demand of a login: consents and sessions, and how an application satisfies them."""

from __future__ import annotations

import asyncio

import pytest

from globus_transport import AsyncTransferClient, StreamBody, TransferAPIError, TransferScopes
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.sandbox import Sandbox
from tests.app.conftest import Apps
from tests.app.people import User

TRANSFER = TransferScopes.resource_server


def test_a_missing_consent_is_an_error_that_says_which(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_consent(collection)
    app = apps.user_app()
    client = apps.transfer(app)
    with pytest.raises(TransferAPIError) as caught:
        client.operation_ls(collection.id)
    assert caught.value.info.consent_required
    needed = caught.value.info.consent_required.required_scopes
    assert "data_access" in needed[0]
    app.login(auth_params=GlobusAuthorizationParameters(required_scopes=needed))
    assert client.operation_ls(collection.id)["DATA"] == []
    assert user.logins == 2


def test_a_missing_consent_is_asked_for(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_consent(collection)
    client = apps.transfer(apps.user_app(auto_redrive_gares=True))
    client.task_list()
    assert client.operation_ls(collection.id)["DATA"] == []
    assert user.logins == 2
    assert f"{TransferScopes.all}[*" in user.asked["scope"]
    assert "openid" in user.asked["scope"].split()


def test_the_same_under_asyncio_once_for_all(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_consent(collection)
    app = apps.user_app(auto_redrive_gares=True, request_refresh_tokens=True)

    async def main() -> None:
        async with AsyncTransferClient(app=app) as client:
            await client.task_list()
            replies = await asyncio.gather(*(client.operation_ls(collection.id) for _ in range(4)))
            assert [reply["DATA"] for reply in replies] == [[]] * 4

    asyncio.run(main())
    assert user.logins == 2


def test_a_session_is_asked_for(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_session(collection, mfa=True, domains=["example.org"], message="Show your key")
    client = apps.transfer(apps.user_app(auto_redrive_gares=True))
    assert client.operation_ls(collection.id)["DATA"] == []
    assert user.asked["session_message"] == "Show your key"
    assert user.asked["session_required_mfa"] == "True"
    assert user.asked["session_required_single_domain"] == "example.org"


def test_a_login_that_does_not_help_is_tried_once(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    client = apps.transfer(apps.user_app(auto_redrive_gares=True))
    client.task_list()
    for _ in range(2):
        document = {"code": "ConsentRequired", "message": "m", "required_scopes": [str(TransferScopes.all)]}
        globus.faults.add(403, body=document, service="transfer")
    with pytest.raises(TransferAPIError) as caught:
        client.operation_ls(collection.id)
    assert caught.value.code == "ConsentRequired"
    assert user.logins == 2


@pytest.mark.parametrize("body", [b"no JSON", {"code": "PermissionDenied", "message": "no"}], ids=["text", "denied"])
def test_other_refusals_are_left_alone(globus: Sandbox, user: User, apps: Apps, body: object) -> None:
    client = apps.transfer(apps.user_app(auto_redrive_gares=True))
    client.task_list()
    globus.faults.add(403, body=body)  # type: ignore[arg-type]
    with pytest.raises(TransferAPIError) as caught:
        client.task_list()
    assert caught.value.http_status == 403
    assert user.logins == 1


def test_a_streamed_reply_and_a_body_that_goes_once(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_consent(collection)
    client = apps.transfer(apps.user_app(auto_redrive_gares=True))
    client.task_list()
    body = StreamBody.once([b"{}"])
    with pytest.raises(TransferAPIError):
        client.post(f"/v0.10/operation/endpoint/{collection.id}/mkdir", data=body)
    assert user.logins == 1
    reply = client.request("GET", f"/v0.10/operation/endpoint/{collection.id}/ls", stream=True)
    assert b'"DATA"' in b"".join(reply.iter_bytes())
    assert user.logins == 2


def test_dependent_scopes_are_asked_for_and_checked(globus: Sandbox, user: User, apps: Apps) -> None:
    collection = globus.add_collection("here")
    globus.require_consent(collection)
    app = apps.user_app()
    client = apps.transfer(app)
    client.task_list()
    assert client.add_app_data_access_scope(collection.id) is client
    # The token is for the same scopes as before; only the consents tell the difference.
    assert app.login_required()
    assert client.operation_ls(collection.id)["DATA"] == []
    assert user.logins == 2
    # The next program sees that the user has consented.
    second = apps.user_app()
    client = apps.transfer(second).add_app_data_access_scope([collection.id])
    assert not second.login_required()
    assert client.operation_ls(collection.id)["DATA"] == []
    assert user.logins == 2
