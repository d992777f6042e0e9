"""Who sent the current request, and what of Flows it may see and do."""

from __future__ import annotations

from collections.abc import Collection as Names

from flask import request

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.flows.documents import user_scope
from globus_transport.sandbox.flows.errors import FlowsError, not_found
from globus_transport.sandbox.flows.principals import roles_on_flow, roles_on_run
from globus_transport.sandbox.flows.runs import advance
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

_SERVER = "flows.globus.org"
_CLIENT_ID = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
_PREFIX = f"https://auth.globus.org/scopes/{_CLIENT_ID}/"
MANAGE_FLOWS = (f"{_PREFIX}all", f"{_PREFIX}manage_flows")
VIEW_FLOWS = (*MANAGE_FLOWS, f"{_PREFIX}view_flows")
MANAGE_RUNS = (f"{_PREFIX}all", f"{_PREFIX}run_manage")
VIEW_RUNS = (*MANAGE_RUNS, f"{_PREFIX}run_status")


class Callers:
    """Authenticates the sender of the current request."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._check = BearerCheck(state.tokens, _SERVER)

    def require_token(self) -> None:
        """Refuse a request without a token that is valid at Flows or at one of its flows.

        :raises OAuth2Error: if there is none
        """
        _, _, value = request.headers.get("Authorization", "").partition(" ")
        token = self._state.tokens.find(value.strip())
        server = _SERVER if token is None else token.resource_server
        is_flow = self._state.flows.flows.get(server) is not None
        BearerCheck(self._state.tokens, server if is_flow else _SERVER)(request)

    def require(self, *scopes: str) -> Identity:
        """The sender, whose token has one of the scopes of Flows.

        :raises OAuth2Error: if it has none
        """
        return self._check(request, *scopes).user

    def require_of_flow(self, flow_id: str) -> Identity:
        """The sender, whose token has the scope of a flow.

        :raises FlowsError: if it has another one
        """
        scope = user_scope(flow_id)
        try:
            return BearerCheck(self._state.tokens, flow_id)(request, scope).user
        except OAuth2Error:
            raise FlowsError(403, "MISSING_SCOPE", f"This requires the scope {scope}") from None

    def find_flow(self, flow_id: str, reader: Identity, needed: Names[str] = ()) -> Document:
        """A flow that the sender sees.

        :param needed: roles of which it needs one; without any, each role lets it see the flow
        :raises FlowsError: if there is none, or it lacks the role
        """
        flow = self._state.flows.flows.get(flow_id)
        roles = [] if flow is None else roles_on_flow(self._state, flow, reader)
        if flow is None or not roles:
            raise not_found("flow", flow_id)
        _check_roles(roles, needed)
        return flow

    def find_run(self, run_id: str, reader: Identity, needed: Names[str] = ()) -> Document:
        """A run that the sender sees, as it is now.

        :param needed: roles of which it needs one
        :raises FlowsError: if there is none, or it lacks the role
        """
        run = advance(self._state, run_id)
        roles = [] if run is None else roles_on_run(self._state, run, reader)
        if run is None or not roles:
            raise not_found("run", run_id)
        _check_roles(roles, needed)
        return run


def _check_roles(roles: Names[str], needed: Names[str]) -> None:
    if needed and not {*roles} & {*needed}:
        raise FlowsError(403, "FORBIDDEN", f"This needs one of the roles {', '.join(sorted(needed))}")
