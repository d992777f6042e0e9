"""The collections that an identity manages or monitors, and their tasks."""

from __future__ import annotations

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.sharing.permissions import activity_roles_of
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import find_collection

MONITOR = "activity_monitor"
MANAGER = "activity_manager"


def list_collections(state: State, identity: Identity, role: str) -> list[Collection]:
    """The collections on which an identity has a role."""
    return [
        collection for collection in state.collections.all() if role in activity_roles_of(state, collection, identity)
    ]


def find_collection_with_role(state: State, id: str, identity: Identity, role: str) -> Collection:
    """The collection with this id.

    :raises TransferError: if there is no such collection, or the identity does not have the role on it
    """
    collection = find_collection(state, id)
    if role not in activity_roles_of(state, collection, identity):
        raise TransferError(403, "PermissionDenied", f"This needs the role {role} on the collection")
    return collection


def list_tasks(state: State, identity: Identity, role: str) -> list[Task]:
    """The tasks on the collections on which an identity has a role, latest first."""
    return state.tasks.on_collections({collection.id for collection in list_collections(state, identity, role)})


def find_task(state: State, id: str, identity: Identity, role: str) -> Task:
    """The task with this id, if it is on a collection on which an identity has a role.

    :raises TransferError: if there is no such task
    """
    for task in list_tasks(state, identity, role):
        if task.id == id:
            return task
    raise TransferError(404, "ClientError.NotFound", f"No such task {id!r}")
