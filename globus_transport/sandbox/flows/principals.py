"""Who may do what with a flow or a run: lists of principals. Reference: docs.globus.org/api/flows/permissions."""

from __future__ import annotations

from collections.abc import Iterable

from globus_transport.sandbox.flows.errors import problem
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import AUTHENTICATED, GROUP, IDENTITY, PUBLIC, includes
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

#: The words that a list may have, by its name.
_WORDS = {"flow_viewers": {PUBLIC}, "flow_starters": {AUTHENTICATED}}

#: The roles on a flow, the strongest first, and the field that lists who has each.
FLOW_ROLES = {
    "flow_owner": "flow_owner",
    "flow_administrator": "flow_administrators",
    "flow_starter": "flow_starters",
    "flow_viewer": "flow_viewers",
    "run_manager": "run_managers",
    "run_monitor": "run_monitors",
}
#: The roles on a run, the strongest first. Two come from its flow.
RUN_ROLES = ("run_owner", "run_manager", "flow_run_manager", "run_monitor", "flow_run_monitor")
_OWN_RUN_ROLES = {"run_owner": "run_owner", "run_manager": "run_managers", "run_monitor": "run_monitors"}
_FROM_FLOW = {
    "flow_owner": "flow_run_manager",
    "flow_administrator": "flow_run_manager",
    "run_manager": "flow_run_manager",
    "run_monitor": "flow_run_monitor",
}


def check_principals(state: State, name: str, principals: Iterable[str]) -> list[Document]:
    """The problems of a list of principals."""
    found: list[Document] = []
    for index, principal in enumerate(principals):
        is_person = principal.startswith(IDENTITY) and state.identities.find_by_ids([principal.removeprefix(IDENTITY)])
        is_word = principal in _WORDS.get(name, ())
        if not is_person and not is_word and not principal.startswith(GROUP):
            found.append(problem(f'Unrecognized principal: "{principal}"', name, index))
    return found


def roles_on_flow(state: State, flow: Document, identity: Identity) -> list[str]:
    """The roles that an identity has on a flow, the strongest first."""
    return _listed_roles(state, flow, FLOW_ROLES, identity)


def roles_on_run(state: State, run: Document, identity: Identity) -> list[str]:
    """The roles that an identity has on a run, the strongest first."""
    flow = state.flows.flows.get(run["flow_id"])
    on_flow = [] if flow is None else roles_on_flow(state, flow, identity)
    found = {*_listed_roles(state, run, _OWN_RUN_ROLES, identity), *(_FROM_FLOW.get(role) for role in on_flow)}
    return [role for role in RUN_ROLES if role in found]


def _listed_roles(state: State, document: Document, roles: dict[str, str], identity: Identity) -> list[str]:
    return [role for role, field in roles.items() if includes(state, document[field], identity)]
