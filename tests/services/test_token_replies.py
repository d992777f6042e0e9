"""Token replies: by resource server and by scope as in globus-sdk, and no secret is printed."""

from __future__ import annotations

import json
import pickle
from typing import Any

import globus_sdk
import pytest
import requests

import globus_transport
from globus_transport import (
    ConfidentialAppAuthClient,
    OAuthDependentTokenResponse,
    OAuthRefreshTokenResponse,
    OAuthTokenResponse,
    Response,
    Scope,
)

SECRETS = ("access-1", "access-2", "refresh-1", "the.id.token")


def _token(number: int, scope: str, **more: Any) -> dict[str, Any]:
    return {
        "access_token": f"access-{number}",
        "resource_server": f"server-{number}",
        "scope": scope,
        "token_type": "Bearer",
        "expires_in": 172800,
        **more,
    }


DOCUMENT = _token(
    1, "openid email", refresh_token="refresh-1", id_token="the.id.token", other_tokens=[_token(2, "transfer")]
)


def _reply(document: Any = DOCUMENT, kind: type[OAuthTokenResponse] = OAuthTokenResponse) -> OAuthTokenResponse:
    return kind(Response(200, {"Content-Type": "application/json"}, json.dumps(document).encode()))


def _theirs(document: Any, kind: str) -> Any:
    response = requests.Response()
    response._content = json.dumps(document).encode()
    response.headers["Content-Type"] = "application/json"
    response.status_code = 200
    return getattr(globus_sdk, kind)(response, client=object())


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (DOCUMENT, "OAuthTokenResponse"),
        (DOCUMENT, "OAuthAuthorizationCodeResponse"),
        (DOCUMENT, "OAuthRefreshTokenResponse"),
        (DOCUMENT, "OAuthClientCredentialsResponse"),
        ([DOCUMENT, _token(2, "transfer")], "OAuthDependentTokenResponse"),
        ([], "OAuthDependentTokenResponse"),
    ],
)
def test_the_same_tokens_as_globus_sdk(document: Any, kind: str) -> None:
    ours, theirs = _reply(document, getattr(globus_transport, kind)), _theirs(document, kind)
    found = [one.by_resource_server for one in (ours, theirs)]
    for tokens in (token for one in found for token in one.values()):
        # Each was counted from its own now.
        tokens["expires_at_seconds"] //= 1000
    assert found[0] == found[1]
    assert list(ours.by_scopes) == list(theirs.by_scopes)
    for scopes in ("openid", "email openid", "openid transfer", "transfer", "other", ""):
        assert (scopes in ours.by_scopes) == (scopes in theirs.by_scopes)
        if scopes in theirs.by_scopes:
            assert ours.by_scopes[scopes]["access_token"] == theirs.by_scopes[scopes]["access_token"]


def test_a_scope_is_a_key() -> None:
    by_scopes = _reply().by_scopes
    assert by_scopes[Scope("transfer")]["access_token"] == "access-2"
    assert Scope("transfer") in by_scopes
    assert Scope("other") not in by_scopes
    assert 1 not in by_scopes  # type: ignore[comparison-overlap]
    # A token's own scopes are listed without what they depend on.
    assert by_scopes[Scope("transfer").with_dependency(Scope("data", optional=True))] == by_scopes["transfer"]
    assert by_scopes.get("transfer") == by_scopes["transfer"]


def test_nothing_secret_is_printed() -> None:
    for one in (_reply(), _reply([DOCUMENT], OAuthDependentTokenResponse)):
        printed = f"{one!r} {one} {one.by_scopes!r} {one.by_scopes}"
        assert "server-1" in printed
        assert not [secret for secret in SECRETS if secret in printed]


def test_a_copy_has_the_same_tokens() -> None:
    reply = _reply()
    copied = pickle.loads(pickle.dumps(reply))
    assert copied.by_resource_server == reply.by_resource_server
    assert copied.by_scopes["transfer"] == reply.by_scopes["transfer"]
    assert copied["id_token"] == "the.id.token"
    assert copied.client is None


def test_a_grant_of_ones_own_has_the_reply_that_is_wanted() -> None:
    client = ConfidentialAppAuthClient(
        "11111111-1111-4111-8111-111111111111",
        "secret",
        terminal=lambda request: Response(200, {}, json.dumps(DOCUMENT).encode(), request=request),
    )
    grant = {"grant_type": "own"}
    replies = [client.oauth2_token(grant), client.oauth2_token(grant, response_class=OAuthRefreshTokenResponse)]
    assert [type(reply) for reply in replies] == [OAuthTokenResponse, OAuthRefreshTokenResponse]
    assert all(reply.by_resource_server["server-1"]["access_token"] == "access-1" for reply in replies)
