"""Scopes in words, for the person who consents to them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from globus_transport.sandbox.scopes import AUTH, TRANSFER, Scope, resource_server_of
from globus_transport.sandbox.state import State

_URN = "urn:globus:auth:scope"
_COMPUTE = "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9"
_FLOWS = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
_TIMERS = "524230d7-ea86-4a52-8312-86065a9e0417"
_TEXTS = {
    "openid": "Know who you are",
    "email": "Know your email address",
    "profile": "Know your name, username and organization",
    f"{_URN}:{AUTH}:manage_projects": "Manage your projects, with their clients and policies",
    f"{_URN}:{AUTH}:view_authentications": "See when and how you logged in",
    f"{_URN}:{AUTH}:view_clients": "See your clients",
    f"{_URN}:{AUTH}:view_clients_and_scopes": "See your clients and their scopes",
    f"{_URN}:{AUTH}:view_consents": "See what you have consented to",
    f"{_URN}:{AUTH}:view_identities": "Look up the identities of others",
    f"{_URN}:{AUTH}:view_identity_set": "See your identities",
    f"{_URN}:{TRANSFER}:all": "Transfer, list, share and delete your files",
    f"{_URN}:{TRANSFER}:gcp_install": "Install Globus Connect Personal",
    f"{_URN}:groups.api.globus.org:all": "Manage your groups and memberships",
    f"{_URN}:groups.api.globus.org:view_my_groups_and_memberships": "See your groups and memberships",
    f"{_URN}:search.api.globus.org:all": "Search, and manage your indices and what is in them",
    f"{_URN}:search.api.globus.org:search": "Search",
    f"{_URN}:search.api.globus.org:ingest": "Add to your search indices",
    f"https://auth.globus.org/scopes/{_FLOWS}/all": "Manage and run your flows",
    f"https://auth.globus.org/scopes/{_FLOWS}/manage_flows": "Manage your flows",
    f"https://auth.globus.org/scopes/{_FLOWS}/run": "Run flows",
    f"https://auth.globus.org/scopes/{_FLOWS}/run_status": "See your runs of flows",
    f"https://auth.globus.org/scopes/{_FLOWS}/run_manage": "Manage your runs of flows",
    f"https://auth.globus.org/scopes/{_FLOWS}/view_flows": "See your flows",
    f"https://auth.globus.org/scopes/{_TIMERS}/timer": "Manage your timers, which act for you at certain times",
    f"https://auth.globus.org/scopes/{_COMPUTE}/all": "Register and run functions on your Compute endpoints",
}
_FLOW_USER = re.compile(r"flow_([0-9a-f_]{36})_user")


@attrs.frozen
class ScopeText:
    """A scope for the page.

    :ivar text: what the application may do with it
    :ivar name: the scope string
    """

    text: str
    name: str
    is_optional: bool
    dependencies: tuple[ScopeText, ...]


def describe_scopes(state: State, scopes: Iterable[Scope]) -> tuple[ScopeText, ...]:
    """Scopes and their dependencies in words."""
    return tuple(
        ScopeText(_text(state, scope.name), scope.name, scope.optional, describe_scopes(state, scope.dependencies))
        for scope in scopes
    )


def _text(state: State, name: str) -> str:
    if name in _TEXTS:
        return _TEXTS[name]
    for registered in state.registry.scopes.where(scope_string=name):
        return f"{registered['name']}: {registered['description']}"
    server, suffix = resource_server_of(name), re.split(r"[:/]", name)[-1]
    if suffix in ("data_access", "https"):
        collection = state.collections.get(server)
        return f"Use your files on the collection {collection.display_name if collection else server}"
    if suffix == "manage_collections":
        return f"Manage the collections of the endpoint {server}"
    if flow := _FLOW_USER.fullmatch(suffix):
        return f"Run the flow {flow[1].replace('_', '-')}"
    return f"Use {suffix} at {server}"
