"""What the registry's routes ask about the request that they serve."""

from typing import Any, cast

from flask import abort, request

from globus_transport.sandbox.authlib_typed import InvalidTokenError
from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.scopes import AUTH
from globus_transport.sandbox.state import State

_PREFIX = f"urn:globus:auth:scope:{AUTH}:"
MANAGE = (f"{_PREFIX}manage_projects",)
VIEW = (*MANAGE, f"{_PREFIX}view_clients", f"{_PREFIX}view_clients_and_scopes")


class Callers:
    """Finds out who calls, and refuses who may not."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._check = BearerCheck(state.tokens, AUTH)

    def reader(self) -> Identity:
        """Who may look at registrations."""
        return self._caller(VIEW)

    def writer(self) -> Identity:
        """Who may change registrations."""
        return self._caller(MANAGE)

    def client(self) -> OAuthClient | None:
        """The client that said its secret with the current request.

        :raises OAuth2Error: The secret is wrong.
        """
        basic = request.authorization
        if basic is None or basic.type != "basic":
            return None
        client = self._state.clients.get(basic.username or "")
        if client is None or not client.check_client_secret(basic.password or ""):
            raise InvalidTokenError()
        return client

    def _caller(self, scopes: tuple[str, ...]) -> Identity:
        client = self.client()
        return client.identity if client else self._check(request, *scopes).user

    def administers(self, project_id: str | None, identity: Identity) -> bool:
        """Whether someone is an administrator of a project."""
        project = self._state.registry.projects.get(project_id or "")
        return project is not None and (
            identity.id in (project["admin_ids"] or ())
            or any(identity.id in self._state.groups.get(id, ()) for id in project["admin_group_ids"] or ())
        )

    def manages(self, client: Document, identity: Identity) -> bool:
        """Whether someone may change a client: an administrator of its project, itself, and whose child it is."""
        return identity.id in (client["id"], client["parent_client"]) or self.administers(client["project"], identity)


def read_body(key: str) -> Document:
    """The document that the current request carries under a key."""
    body: object = request.get_json(silent=True)
    found = cast(dict[str, Any], body).get(key) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        abort(400, f"The body must be a JSON object with an object {key}")
    return cast(Document, found)


def text(document: Document, key: str) -> str:
    """A text that a document must have."""
    found = document.get(key)
    if not isinstance(found, str) or not found:
        abort(400, f"{key} is missing")
    return found


def texts(document: Document, key: str) -> list[str]:
    """A list of texts that a document may have."""
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in cast(list[object], found)):
        abort(400, f"{key} must be a list of texts")
    return cast(list[str], found)


def flag(document: Document, key: str, default: bool) -> bool:
    """A truth value that a document may have."""
    found = document.get(key, default)
    if not isinstance(found, bool):
        abort(400, f"{key} must be true or false")
    return found
