"""What a manager may see and what a manager may change."""

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.sharing.permissions import activity_roles_of
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import collection_with

MONITOR = "activity_monitor"
MANAGER = "activity_manager"


def collections_of(state: State, identity: Identity, role: str) -> list[Collection]:
    """The collections where someone has a role."""
    return [one for one in state.collections.all() if role in activity_roles_of(state, one, identity)]


def collection_for(state: State, id: str, identity: Identity, role: str) -> Collection:
    """A collection where someone has a role.

    :raises TransferError: There is none with this id, or they have not the role there.
    """
    collection = collection_with(state, id)
    if role not in activity_roles_of(state, collection, identity):
        raise TransferError(403, "PermissionDenied", f"This needs the role {role} on the collection")
    return collection


def tasks_for(state: State, identity: Identity, role: str) -> list[Task]:
    """The tasks on collections where someone has a role, latest first."""
    return state.tasks.at({one.id for one in collections_of(state, identity, role)})


def task_for(state: State, id: str, identity: Identity, role: str) -> Task:
    """A task on a collection where someone has a role.

    :raises TransferError: There is none with this id.
    """
    for task in tasks_for(state, identity, role):
        if task.id == id:
            return task
    raise TransferError(404, "ClientError.NotFound", f"No such task {id!r}")
