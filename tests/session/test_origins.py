"""A credential goes to its own origin and nowhere else."""

from __future__ import annotations

import pytest

from globus_transport import AccessTokenAuthorizer, GlobusAPIError, NativeAppAuthClient, RedirectError, TransferClient
from globus_transport.sandbox import Sandbox

SECRET = "the-secret-token"


def elsewhere(globus: Sandbox, path: str) -> str:
    """An address on another origin: the sandbox's other service."""
    return globus.auth_url.rstrip("/") + path


def authorizations_at_auth(globus: Sandbox) -> list[str | None]:
    return [one.headers.get("Authorization") for one in globus.requests.select(service="auth")]


@pytest.fixture
def with_secret(globus: Sandbox) -> TransferClient:
    return TransferClient(authorizer=AccessTokenAuthorizer(SECRET), base_url=globus.transfer_url)


def test_a_full_url_elsewhere_goes_without_it(globus: Sandbox, with_secret: TransferClient) -> None:
    with with_secret:
        with_secret.get(elsewhere(globus, "/.well-known/openid-configuration"))
    assert authorizations_at_auth(globus) == [None]


def test_a_redirect_elsewhere_goes_without_it(globus: Sandbox, with_secret: TransferClient) -> None:
    target = elsewhere(globus, "/.well-known/openid-configuration")
    globus.faults.add(302, headers={"Location": target}, service="transfer", times=2)
    with with_secret:
        with_secret.get("/v0.10/task_list")
        with_secret.get("/v0.10/task_list", headers={"Authorization": "mine"}, automatic_authorization=False)
    assert authorizations_at_auth(globus) == [None, None]
    assert globus.requests.select(service="transfer")[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_the_own_origin_gets_it_by_full_url_too(globus: Sandbox, with_secret: TransferClient) -> None:
    with with_secret, pytest.raises(GlobusAPIError, match="401"):
        with_secret.get(globus.transfer_url + "v0.10/task_list")
    assert globus.requests[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_a_refresh_token_is_not_redirected_elsewhere(globus: Sandbox, auth_client: NativeAppAuthClient) -> None:
    globus.faults.add(307, headers={"Location": globus.transfer_url}, service="auth", path="/v2/oauth2/token")
    with pytest.raises(RedirectError, match="another origin"):
        auth_client.oauth2_refresh_token(SECRET)
    assert globus.requests.count(service="transfer") == 0
