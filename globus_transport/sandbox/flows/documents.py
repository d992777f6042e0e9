"""The documents of flows and runs, as their readers see them. A run's own fields begin with an underscore."""

from __future__ import annotations

from datetime import UTC, datetime

from globus_transport.sandbox.flows.principals import roles_on_flow, roles_on_run
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

#: A name of globus-sdk 3 for a list, and the list.
_OLD_NAMES = {"administered_by": "flow_administrators", "runnable_by": "flow_starters", "visible_to": "flow_viewers"}
_OLD_RUN_NAMES = {"manage_by": "run_managers", "monitor_by": "run_monitors", "created_by": "run_owner"}


def format_moment(seconds: float, timespec: str = "seconds") -> str:
    """A moment in seconds since the epoch, as the documents have it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec)


def user_scope(flow_id: str) -> str:
    """The scope that a token needs to run a flow."""
    return f"https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user"


def flow_document(state: State, flow: Document, reader: Identity) -> Document:
    """A flow, as an identity sees it."""
    roles = roles_on_flow(state, flow, reader)
    url = f"{state.urls.get('flows', '').rstrip('/')}/flows/{flow['id']}"
    return {
        **flow,
        **{old: flow[new] for old, new in _OLD_NAMES.items()},
        "created_by": flow["flow_owner"],
        "globus_auth_scope": user_scope(flow["id"]),
        "globus_auth_username": f"{flow['id']}@clients.auth.globus.org",
        "principal_urn": urn(flow["id"]),
        "synchronous": False,
        "log_supported": True,
        "types": ["Action"],
        "api_version": "1.0",
        "action_url": url,
        "flow_url": url,
        "user_role": roles[0] if roles else None,
    }


def run_document(state: State, run: Document, reader: Identity) -> Document:
    """A run, as an identity sees it."""
    roles = roles_on_run(state, run, reader)
    public = {name: value for name, value in run.items() if not name.startswith("_") and name != "id"}
    return {
        **public,
        **{old: run[new] for old, new in _OLD_RUN_NAMES.items()},
        "run_id": run["id"],
        "action_id": run["id"],
        "display_status": run["status"],
        "user_role": roles[0] if roles else None,
        "search": {"task_id": run["id"]},
    }
