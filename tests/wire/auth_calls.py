"""Calls of every route of the Auth clients, with few and with all arguments: (client, call) by name."""

from __future__ import annotations

import uuid
from typing import Any

from tests.wire.both_packages import Call

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"

_AUTH: dict[str, Call] = {
    "get_openid_configuration": lambda client, _: client.get_openid_configuration(),
    "userinfo": lambda client, _: client.userinfo(),
    "get_identities": lambda client, _: client.get_identities(),
    "one name": lambda client, _: client.get_identities(usernames="a@b.org"),
    "names": lambda client, _: client.get_identities(usernames=["a@b.org", "ü+x@c.org"], provision=True),
    "names, generated": lambda client, _: client.get_identities(usernames=(name for name in ("a", "b"))),
    "one id": lambda client, _: client.get_identities(ids=ID),
    "ids": lambda client, _: client.get_identities(ids=(ID, "other")),
    "ids, provision": lambda client, _: client.get_identities(ids=[ID], provision=True),
    "query": lambda client, _: client.get_identities(usernames="a", query_params={"include": "identity_provider"}),
}

_LOGIN: dict[str, Call] = {
    "get_openid_configuration": lambda client, _: client.get_openid_configuration(),
    "refresh": lambda client, _: client.oauth2_refresh_token("refresh"),
    "refresh, all": lambda client, _: client.oauth2_refresh_token(
        "ref&=+ü", body_params={"x": [1, "y"], "none": None, "yes": True}
    ),
    "revoke": lambda client, _: client.oauth2_revoke_token("token"),
    "revoke, all": lambda client, _: client.oauth2_revoke_token("token", body_params={"token_type_hint": "x"}),
    "token": lambda client, _: client.oauth2_token({"grant_type": "own", "x": ID, "l": ["a", "b"]}),
    "token, all": lambda client, sdk: client.oauth2_token(
        {"grant_type": "own", "x": "1"},
        body_params={"x": "2", "none": None},
        response_class=sdk.OAuthRefreshTokenResponse,
    ),
}

_CONFIDENTIAL: dict[str, Call] = {
    **_LOGIN,
    "client credentials": lambda client, _: client.oauth2_client_credentials_tokens(SCOPE),
    "client credentials, several": lambda client, _: client.oauth2_client_credentials_tokens([SCOPE, "openid"]),
    "dependent": lambda client, _: client.oauth2_get_dependent_tokens("token"),
    "dependent, all": lambda client, _: client.oauth2_get_dependent_tokens(
        "token", refresh_tokens=True, scope=[SCOPE, "other"], additional_params={"more": 1}
    ),
    "dependent, one scope": lambda client, _: client.oauth2_get_dependent_tokens("token", scope=SCOPE),
    "introspect": lambda client, _: client.oauth2_token_introspect("token"),
    "introspect, all": lambda client, _: client.oauth2_token_introspect(
        "token", include="identity_set,session_info", query_params={"x": "y"}
    ),
}


_VERIFIER = "v" * 43


def _exchange_native(client: Any, _sdk: Any) -> None:
    client.oauth2_start_flow([SCOPE], verifier=_VERIFIER)
    client.oauth2_exchange_code_for_tokens("the code")


def _exchange_native_elsewhere(client: Any, _sdk: Any) -> None:
    client.oauth2_start_flow(SCOPE, verifier=_VERIFIER, redirect_uri="https://app.example.org/back?x=ü")
    client.oauth2_exchange_code_for_tokens("the+code")


def _exchange_confidential(client: Any, _sdk: Any) -> None:
    client.oauth2_start_flow("https://app.example.org/back", SCOPE, refresh_tokens=True)
    client.oauth2_exchange_code_for_tokens("the code")


_NATIVE = {**_LOGIN, "exchange": _exchange_native, "exchange, redirect": _exchange_native_elsewhere}
_CONFIDENTIAL["exchange"] = _exchange_confidential

CALLS: dict[str, tuple[str, Call]] = {
    **{f"Auth: {name}": ("AuthClient", call) for name, call in _AUTH.items()},
    **{f"Login: {name}": ("AuthLoginClient", call) for name, call in _LOGIN.items()},
    **{f"Login, bare: {name}": ("AuthLoginClient without authorizer", call) for name, call in _LOGIN.items()},
    **{f"Native: {name}": ("NativeAppAuthClient", call) for name, call in _NATIVE.items()},
    **{f"Confidential: {name}": ("ConfidentialAppAuthClient", call) for name, call in _CONFIDENTIAL.items()},
}
