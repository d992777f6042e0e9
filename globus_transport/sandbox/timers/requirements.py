"""The consents and the session that the runs of a timer need.

Timers acts for a user with the consents of the token that created the timer, or of the one that resumed it: the scope
for Timers has as dependencies what the runs need, such as ``<timer>[<transfer>[*<data_access>]]``.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from globus_transport.sandbox.access_requirements import LoginSession
from globus_transport.sandbox.dependent_scopes import dependencies_of
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.scopes import Scope, merge, parse, to_tree_text
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers.timer import Timer

RESOURCE_SERVER = "524230d7-ea86-4a52-8312-86065a9e0417"
TIMER_SCOPE = f"https://auth.globus.org/scopes/{RESOURCE_SERVER}/timer"


def flow_user_scope(flow_id: str) -> str:
    """The scope for running a flow."""
    return f"https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user"


def unmet_requirement(state: State, timer: Timer) -> Document | None:
    """What a user has to consent to, or how they have to log in, for the runs of a timer; ``None`` if for nothing.

    :return: a document of the form of Globus Auth requirements errors
    """
    granted = dependencies_of(parse(timer.scopes), state.registry.scopes)
    if timer.kind == "flow" and timer.flow_id is not None:
        needed = flow_user_scope(timer.flow_id)
        if needed not in {scope.name for scope in granted}:
            return _missing_consent("Timers lacks the consent to run the flow", parse(needed))
    if timer.kind != "transfer":
        return None
    collections = [timer.body[name].lower() for name in ("source_endpoint", "destination_endpoint")]
    missing = [text for id in collections for text in state.access_requirements.missing_consents(id, granted)]
    if missing:
        return _missing_consent("Missing required data_access consent", parse(" ".join(dict.fromkeys(missing))))
    session = state.sessions.get(timer.login, LoginSession())
    for id in collections:
        required, message = state.access_requirements.sessions.get(id, (None, ""))
        if required is not None and not session.satisfies(required):
            return {
                "code": "AuthorizationRequired",
                "authorization_parameters": required.authorization_parameters(message),
            }
    return None


def _missing_consent(message: str, scopes: Iterable[Scope]) -> Document:
    parameters = {
        "session_message": message,
        "required_scopes": [f"{TIMER_SCOPE}[{to_tree_text(_merge_all(scopes))}]"],
    }
    return {"code": "ConsentRequired", "authorization_parameters": parameters}


def _merge_all(scopes: Iterable[Scope]) -> list[Scope]:
    """The scopes, each once, with all its dependencies, each once."""
    return [attrs.evolve(scope, dependencies=tuple(dict.fromkeys(scope.dependencies))) for scope in merge(scopes)]
