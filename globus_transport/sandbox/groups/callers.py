"""The caller of a request to Groups, and the group that it is about."""

from __future__ import annotations

from flask import request

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.groups.documents import is_visible, role_of
from globus_transport.sandbox.groups.errors import forbidden, group_not_found, login_too_old
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError, field_error, read_id
from globus_transport.sandbox.state import State

RESOURCE_SERVER = "groups.api.globus.org"
ALL = f"urn:globus:auth:scope:{RESOURCE_SERVER}:all"
VIEW = f"urn:globus:auth:scope:{RESOURCE_SERVER}:view_my_groups_and_memberships"


class Callers:
    """Checks the tokens of requests, and what their users may do."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._check = BearerCheck(state.tokens, RESOURCE_SERVER)

    def require_token(self) -> None:
        """Check that the current request has a token for Groups.

        :raises OAuth2Error: if it does not
        """
        self._check(request)

    def require_reader(self) -> Identity:
        """The user of the current request, who reads what is theirs.

        :raises OAuth2Error: if the token lacks the scopes
        """
        return self._check(request, ALL, VIEW).user

    def require_user(self) -> Identity:
        """The user of the current request, for everything.

        :raises OAuth2Error: if the token lacks the scope
        """
        return self._check(request, ALL).user

    @property
    def may_see_members(self) -> bool:
        """Whether the scopes of the current token let it see members and allowed actions."""
        return any(scope.name == ALL for scope in self._check(request).scopes)

    def find(self, group_id: str, caller: Identity) -> Document:
        """The group with this id.

        :raises GroupsError: if there is no such group, the user must not see it, or it is a high assurance group and
            the user's login is too old
        :raises InvalidFieldsError: if the id is not a UUID
        """
        group = self._state.groups.get(read_id("group_id", group_id))
        if group is None or not is_visible(self._state, group, caller):
            raise group_not_found()
        login_time, limit = self.login_time(), group["policies"]["authentication_assurance_timeout"]
        if group["policies"]["is_high_assurance"] and self._state.clock.now() > login_time + limit:
            raise login_too_old(caller.id)
        return group

    def login_time(self) -> float:
        """When the user of the current request logged in. A token without a login counts from when it was issued."""
        credential = self._check(request)
        time = self._state.session_of(credential).time
        return credential.issued_at if time is None else time

    def find_administered(self, group_id: str, caller: Identity) -> Document:
        """The group with this id, for an admin of it.

        :raises GroupsError: if there is no such group, or the user is not an admin of it
        :raises InvalidFieldsError: if the id is not a UUID
        """
        group = self.find(group_id, caller)
        if role_of(self._state, group["id"], caller) != "admin":
            raise forbidden("This needs an admin of the group")
        return group


def read_list(name: str, allowed: tuple[str, ...]) -> list[str]:
    """A list in the query, as several parameters or with commas.

    :raises InvalidFieldsError: if an entry is not among the allowed ones
    """
    found = [entry for text in request.args.getlist(name) for entry in text.split(",") if entry]
    for entry in found:
        if entry not in allowed:
            message = f"value is not a valid enumeration member; permitted: {', '.join(allowed)}"
            raise InvalidFieldsError([field_error(("query", name), message, "type_error.enum")])
    return found
