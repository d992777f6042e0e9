"""Who may do what with a flow or a run: lists of principals."""

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
RUN_ROLES = {"run_owner": "run_owner", "run_manager": "run_managers", "run_monitor": "run_monitors"}


def check_principals(state: State, name: str, principals: Iterable[str]) -> list[Document]:
    """The problems of a list of principals."""
    found: list[Document] = []
    for index, principal in enumerate(principals):
        is_person = principal.startswith(IDENTITY) and state.identities.find_by_ids([principal.removeprefix(IDENTITY)])
        is_word = principal in _WORDS.get(name, ())
        if not is_person and not is_word and not principal.startswith(GROUP):
            found.append(problem(f'Unrecognized principal: "{principal}"', name, index))
    return found


def roles_on(state: State, document: Document, roles: dict[str, str], identity: Identity) -> list[str]:
    """The roles that an identity has on a flow or a run, the strongest first."""
    return [role for role, field in roles.items() if includes(state, document[field], identity)]
