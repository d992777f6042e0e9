"""The client of Globus Groups for threads."""

from __future__ import annotations

from globus_transport.routing.client import BaseClient
from globus_transport.services.groups.routes import GroupsRoutes


class GroupsClient(GroupsRoutes, BaseClient):
    """Manages groups, their members, and their policies.

    :class:`GroupsManager` has the usual actions on members as single calls.
    """
