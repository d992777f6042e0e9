"""Helpers for the registry's routes: the caller and the body of the current request."""

from __future__ import annotations

import contextlib
from typing import Any, cast

from flask import abort, request

from globus_transport.sandbox.authlib_typed import InvalidTokenError
from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.json_bodies import parse_json
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.scopes import AUTH
from globus_transport.sandbox.state import State

_PREFIX = f"urn:globus:auth:scope:{AUTH}:"
_MANAGE_SCOPES = (f"{_PREFIX}manage_projects",)
_VIEW_SCOPES = (*_MANAGE_SCOPES, f"{_PREFIX}view_clients", f"{_PREFIX}view_clients_and_scopes")


class Callers:
    """Authenticates the sender of the current request and checks its permissions."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._check = BearerCheck(state.tokens, AUTH)

    def require_reader(self) -> Identity:
        """The sender of the current request, which may read registrations.

        :raises OAuth2Error: if it may not
        """
        return self._require_scopes(_VIEW_SCOPES)

    def require_writer(self) -> Identity:
        """The sender of the current request, which may change registrations.

        :raises OAuth2Error: if it may not
        """
        return self._require_scopes(_MANAGE_SCOPES)

    def authenticate_client(self) -> OAuthClient | None:
        """The client that the current request authenticates with HTTP Basic; ``None`` without such credentials.

        :raises OAuth2Error: if the client is unknown or its secret is wrong
        """
        basic = request.authorization
        if basic is None or basic.type != "basic":
            return None
        client = self._state.clients.get(basic.username or "")
        if client is None or not client.check_client_secret(basic.password or ""):
            raise InvalidTokenError()
        return client

    def _require_scopes(self, scopes: tuple[str, ...]) -> Identity:
        client = self.authenticate_client()
        return client.identity if client else self._check(request, *scopes).user

    def administers(self, project_id: str | None, identity: Identity) -> bool:
        """Whether an identity administers a project."""
        project = self._state.registry.projects.get(project_id or "")
        return project is not None and (
            identity.id in (project["admin_ids"] or ())
            or any(self._state.groups.has_member(id, identity.id) for id in project["admin_group_ids"] or ())
        )

    def manages(self, client: Document, identity: Identity) -> bool:
        """Whether an identity is a client itself, its parent client, or an administrator of its project."""
        return identity.id in (client["id"], client["parent_client"]) or self.administers(client["project"], identity)


def read_body(key: str) -> Document:
    """The object under a key of the current request's body. Answers 400 if it is missing."""
    body: object = None
    if request.is_json:
        # Without a document the answer is the same as with a wrong one.
        with contextlib.suppress(ValueError):
            body = parse_json(request.get_data())
    found = cast(dict[str, Any], body).get(key) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        abort(400, f"The body must be a JSON object with an object {key}")
    return cast(Document, found)


def read_text(document: Document, key: str) -> str:
    """A required text in a document. Answers 400 if it is missing."""
    found = document.get(key)
    if not isinstance(found, str) or not found:
        abort(400, f"{key} is missing")
    return found


def read_optional_text(document: Document, key: str) -> str | None:
    """An optional text in a document; ``None`` if it is missing or null. Answers 400 if it is something else."""
    found = document.get(key)
    if found is not None and not isinstance(found, str):
        abort(400, f"{key} must be a text or null")
    return found


def read_texts(document: Document, key: str) -> list[str]:
    """An optional list of texts in a document. Answers 400 if it is something else."""
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in cast(list[object], found)):
        abort(400, f"{key} must be a list of texts")
    return cast(list[str], found)


def read_flag(document: Document, key: str, default: bool) -> bool:
    """An optional boolean in a document. Answers 400 if it is something else."""
    found = document.get(key, default)
    if not isinstance(found, bool):
        abort(400, f"{key} must be true or false")
    return found
