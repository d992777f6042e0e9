"""The caller of a request to Search, and the index that it is about."""

from __future__ import annotations

from flask import request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import includes
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.search.errors import forbidden, not_found, wrong_status
from globus_transport.sandbox.state import State

_SERVER = "search.api.globus.org"
_PREFIX = f"urn:globus:auth:scope:{_SERVER}:"
MANAGE = (f"{_PREFIX}all",)
WRITE = (f"{_PREFIX}all", f"{_PREFIX}ingest")
READ = (f"{_PREFIX}all", f"{_PREFIX}search")

#: The strongest first.
ROLES = ("owner", "admin", "writer")
ADMINS = ("owner", "admin")


class Callers:
    """Checks the tokens of requests, and what their users may do."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._check = BearerCheck(state.tokens, _SERVER)

    def require(self, *scopes: str) -> Identity:
        """The user of the current request.

        :param scopes: the token needs one of them
        :raises OAuth2Error: if there is no valid token, or it has none of them
        """
        return self._check(request, *scopes).user

    def reader(self) -> Identity | None:
        """The user of the current request, who reads; ``None`` if there is no token.

        :raises OAuth2Error: if there is a token that is not valid, or cannot search
        """
        return self.require(*READ) if "Authorization" in request.headers else None

    def check_token(self) -> None:
        """Check the token of the current request, if it has one.

        :raises OAuth2Error: if it is not valid
        """
        if "Authorization" in request.headers:
            self.require()

    def find_index(self, index_id: str) -> Document:
        """The index with this id.

        :raises SearchError: if there is none
        """
        index = self._state.search.indexes.get(index_id)
        if index is None:
            raise not_found("index")
        return index

    def find_open_index(self, index_id: str) -> Document:
        """The index with this id, which is not going to be deleted.

        :raises SearchError: if there is none, or its deletion is scheduled
        """
        index = self.find_index(index_id)
        if index["status"] != "open":
            raise wrong_status(index["status"])
        return index

    def roles_in(self, index_id: str, caller: Identity) -> list[str]:
        """The roles of a user in an index, the strongest first."""
        found = {
            role["role_name"]
            for role in self._state.search.roles_in(index_id)
            if includes(self._state, [role["principal"]], caller)
        }
        return [role for role in ROLES if role in found]

    def require_role(self, index_id: str, caller: Identity, roles: tuple[str, ...]) -> list[str]:
        """The roles of a user in an index, who needs one of some roles.

        :raises SearchError: if the user has none of them
        """
        found = self.roles_in(index_id, caller)
        if not {*found} & {*roles}:
            raise forbidden(f"This needs one of the roles {', '.join(roles)} in the index")
        return found
