"""The client of Globus Groups for asyncio."""

from __future__ import annotations

from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.groups.routes import GroupsRoutes


class AsyncGroupsClient(GroupsRoutes, AsyncBaseClient):
    """Manages groups, their members, and their policies.

    :class:`AsyncGroupsManager` has the usual actions on members as single calls.
    """
