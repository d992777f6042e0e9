"""Calls of every route of the Auth clients, with few and with all arguments: (client, call) by name."""

from __future__ import annotations

import uuid
from typing import Any

from tests.wire.both_packages import Call

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"

_AUTH: dict[str, Call] = {
    "get_openid_configuration": lambda client, _: client.get_openid_configuration(),
    "get_jwk": lambda client, _: client.get_jwk(),
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

_PROJECTS: dict[str, Call] = {
    "get_identity_providers": lambda client, _: client.get_identity_providers(domains="b.org"),
    "domains": lambda client, _: client.get_identity_providers(domains=["b.org", "ü.org"]),
    "provider ids": lambda client, _: client.get_identity_providers(ids=[ID, "x"], query_params={"more": 1}),
    "provider query": lambda client, _: client.get_identity_providers(query_params={"per_page": 2}),
    "get_project": lambda client, _: client.get_project(ID),
    "get_projects": lambda client, _: client.get_projects(),
    "create_project": lambda client, _: client.create_project("ü", "a@b.org"),
    "create_project, all": lambda client, _: client.create_project(
        "P", "a@b.org", admin_ids=ID, admin_group_ids=(one for one in (ID, "x"))
    ),
    "update_project": lambda client, _: client.update_project(ID),
    "update_project, all": lambda client, _: client.update_project(
        "p", display_name="P", contact_email="a@b.org", admin_ids=["x", ID], admin_group_ids="g"
    ),
    "delete_project": lambda client, _: client.delete_project(ID),
    "get_policy": lambda client, _: client.get_policy(ID),
    "get_policies": lambda client, _: client.get_policies(),
    "create_policy": lambda client, _: client.create_policy(project_id=ID, display_name="P", description="ü"),
    "create_policy, all": lambda client, _: client.create_policy(
        project_id="p",
        display_name="P",
        description="D",
        high_assurance=True,
        authentication_assurance_timeout=35,
        required_mfa=False,
        domain_constraints_include=(one for one in ("a.org", "b.org")),
        domain_constraints_exclude=None,
    ),
    "update_policy": lambda client, _: client.update_policy(ID),
    "update_policy, all": lambda client, _: client.update_policy(
        "p",
        project_id=ID,
        authentication_assurance_timeout=0,
        required_mfa=True,
        display_name="P",
        description="D",
        domain_constraints_include=[],
        domain_constraints_exclude=("a.org",),
    ),
    "delete_policy": lambda client, _: client.delete_policy(ID),
    "get_consents": lambda client, _: client.get_consents(ID),
    "get_consents, all": lambda client, _: client.get_consents("me", all=True),
}

_REGISTERED: dict[str, Call] = {
    "get_client": lambda client, _: client.get_client(client_id=ID),
    "get_client, fqdn": lambda client, _: client.get_client(fqdn="host.example.org"),
    "get_clients": lambda client, _: client.get_clients(),
    "create_client": lambda client, _: client.create_client("C", ID, public_client=True),
    "create_client, links": lambda client, _: client.create_client(
        "C", "p", public_client=False, terms_and_conditions="https://t", privacy_policy="https://p"
    ),
    "create_client, empty links": lambda client, _: client.create_client(
        "C", "p", public_client=False, terms_and_conditions="", privacy_policy=""
    ),
    "create_client, all": lambda client, _: client.create_client(
        "ü",
        "p",
        client_type="resource_server",
        visibility="private",
        redirect_uris=["https://a", "https://b"],
        terms_and_conditions="https://t",
        privacy_policy="https://p",
        required_idp=ID,
        preselect_idp="idp",
        additional_fields={"more": [1, None], "name": "wins"},
    ),
    "update_client": lambda client, _: client.update_client(ID),
    "update_client, nothing": lambda client, _: client.update_client(
        ID, terms_and_conditions=None, privacy_policy=None, required_idp=None, preselect_idp=None
    ),
    "update_client, all": lambda client, _: client.update_client(
        "c",
        name="C",
        visibility="public",
        redirect_uris=("https://a",),
        terms_and_conditions="https://t",
        privacy_policy="https://p",
        required_idp=ID,
        preselect_idp=ID,
        additional_fields={"more": 1},
    ),
    "delete_client": lambda client, _: client.delete_client(ID),
    "get_client_credentials": lambda client, _: client.get_client_credentials(ID),
    "create_client_credential": lambda client, _: client.create_client_credential(ID, "N"),
    "delete_client_credential": lambda client, _: client.delete_client_credential(ID, "c"),
    "get_scope": lambda client, _: client.get_scope(ID),
    "get_scopes": lambda client, _: client.get_scopes(),
    "scope strings": lambda client, _: client.get_scopes(scope_strings=[SCOPE, "openid"]),
    "scope string": lambda client, _: client.get_scopes(scope_strings=SCOPE, query_params={"more": 1}),
    "scope ids": lambda client, _: client.get_scopes(ids=[ID, "x"]),
    "create_scope": lambda client, _: client.create_scope(ID, "S", "D", "suffix"),
    "create_scope, all": lambda client, sdk: client.create_scope(
        "c",
        "S",
        "D",
        "suffix",
        required_domains=["a.org"],
        dependent_scopes=[sdk.DependentScopeSpec(ID, True, False), sdk.DependentScopeSpec("s", False, True)],
        advertised=True,
        allows_refresh_token=False,
    ),
    "update_scope": lambda client, _: client.update_scope(ID),
    "update_scope, all": lambda client, sdk: client.update_scope(
        "s",
        name="S",
        description="D",
        scope_suffix="suffix",
        required_domains=[],
        dependent_scopes=[sdk.DependentScopeSpec(scope=ID, optional=False, requires_refresh_token=False)],
        advertised=False,
        allows_refresh_token=True,
    ),
    "delete_scope": lambda client, _: client.delete_scope(ID),
}

_LOGIN: dict[str, Call] = {
    "get_openid_configuration": lambda client, _: client.get_openid_configuration(),
    "get_jwk": lambda client, _: client.get_jwk(),
    "get_jwk, told where": lambda client, _: client.get_jwk({"jwks_uri": f"{client.base_url}/there.json"}),
    "get_jwk, by a reply": lambda client, _: client.get_jwk(client.get_openid_configuration(), as_pem=False),
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
    "create_child_client": lambda client, _: client.create_child_client("C", public_client=False),
    "create_child_client, all": lambda client, _: client.create_child_client(
        "ü",
        client_type="confidential_client",
        visibility="public",
        redirect_uris="https://a",
        terms_and_conditions="https://t",
        privacy_policy="https://p",
        required_idp=ID,
        preselect_idp="idp",
        additional_fields={"more": [1, None], "name": "wins"},
    ),
    "client credentials, scopes": lambda client, sdk: client.oauth2_client_credentials_tokens(
        [sdk.Scope(SCOPE), sdk.Scope("a").with_dependency(sdk.Scope("b", optional=True)), "c"]
    ),
    "client credentials, scope": lambda client, sdk: client.oauth2_client_credentials_tokens(sdk.Scope(SCOPE)),
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


_NATIVE = {
    **_LOGIN,
    "instance": lambda client, _: client.create_native_app_instance(ID, "ü"),
    "exchange": _exchange_native,
    "exchange, redirect": _exchange_native_elsewhere,
}
_CONFIDENTIAL["exchange"] = _exchange_confidential

CALLS: dict[str, tuple[str, Call]] = {
    **{f"Auth: {name}": ("AuthClient", call) for name, call in (_AUTH | _PROJECTS | _REGISTERED).items()},
    **{f"Login: {name}": ("AuthLoginClient", call) for name, call in _LOGIN.items()},
    **{f"Login, bare: {name}": ("AuthLoginClient without authorizer", call) for name, call in _LOGIN.items()},
    **{f"Native: {name}": ("NativeAppAuthClient", call) for name, call in _NATIVE.items()},
    **{f"Confidential: {name}": ("ConfidentialAppAuthClient", call) for name, call in _CONFIDENTIAL.items()},
}
