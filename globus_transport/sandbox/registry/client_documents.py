"""The documents of registered clients, and their OAuth2 clients."""

from __future__ import annotations

from typing import cast

from flask import abort

from globus_transport.sandbox.clients import CONFIDENTIAL_GRANTS, PUBLIC_GRANTS, OAuthClient, is_redirect_uri
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.auth_requests import read_flag, read_optional_text, read_text, read_texts

_PUBLIC = "public_installed_client"
_TYPES = {
    "client_identity",
    "confidential_client",
    "globus_connect_server",
    _PUBLIC,
    "hybrid_confidential_client_resource_server",
    "resource_server",
}


def new_client(document: Document) -> Document:
    """The document of a new client.

    :param document: from the request
    """
    kind = read_optional_text(document, "client_type")
    if kind is None:
        kind = _PUBLIC if read_flag(document, "public_client", False) else "confidential_client"
    elif kind not in _TYPES or "public_client" in document:
        abort(400, "client_type must be a known type, and public_client is not given with it")
    is_public = kind == _PUBLIC
    client: Document = {
        "name": "",
        "project": read_optional_text(document, "project"),
        "public_client": is_public,
        "client_type": kind,
        "grant_types": sorted(PUBLIC_GRANTS if is_public else CONFIDENTIAL_GRANTS),
        "parent_client": None,
        "prompt_for_named_grant": True,
        "userinfo_from_effective_identity": True,
        "scopes": [],
        "visibility": "private",
        "redirect_uris": [],
        "required_idp": None,
        "preselect_idp": None,
        "fqdns": read_texts(document, "fqdns"),
        "links": {"privacy_policy": None, "terms_and_conditions": None},
    }
    read_text(document, "name")
    return client | changes_in(client, document)


def changes_in(client: Document, document: Document) -> Document:
    """The fields of a client that a document changes."""
    changes: Document = {}
    if "name" in document:
        changes["name"] = read_text(document, "name")
    if "visibility" in document:
        if document["visibility"] not in ("public", "private"):
            abort(400, "visibility must be public or private")
        changes["visibility"] = document["visibility"]
    if "redirect_uris" in document:
        changes["redirect_uris"] = read_texts(document, "redirect_uris")
        for uri in changes["redirect_uris"]:
            if not is_redirect_uri(uri):
                abort(400, f"redirect_uris: {uri!r} is not an absolute URI without a fragment")
    for key in ("required_idp", "preselect_idp"):
        if key in document:
            changes[key] = read_optional_text(document, key)
    if "links" in document:
        if not isinstance(document["links"], dict):
            abort(400, "links must be an object")
        links = cast(Document, document["links"])
        changes["links"] = {**client["links"], **{key: read_optional_text(links, key) for key in links}}
    return changes


def make_oauth_client(client: Document, credentials: dict[str, str]) -> OAuthClient:
    """The OAuth2 client of a client document.

    :param credentials: its secrets, by the id of their credential; the client keeps the mapping itself
    """
    return OAuthClient(
        client_id=client["id"],
        is_confidential=not client["public_client"],
        credentials=credentials,
        redirect_uris=tuple(client["redirect_uris"]),
    )
