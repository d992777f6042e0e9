"""The client of Globus Timers for threads, and the base that it shares with the client for asyncio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, Union

from globus_transport.core.flow import Send
from globus_transport.http.ids import checked_uuids
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import ClientBase, SendT
from globus_transport.routing.parameters import UUIDLike
from globus_transport.scopes.collections import GCSCollectionScopes, SpecificFlowScopes, TransferScopes
from globus_transport.services.timers.routes import TimersRoutes


class TimersClientBase(ClientBase[SendT], TimersRoutes):
    """The base of the clients of Globus Timers."""

    def add_app_transfer_data_access_scope(self, collection_ids: Union[UUIDLike, Iterable[UUIDLike]]) -> Self:
        """Add the ``data_access`` scopes of collections to the application's scope requirements, for transfer timers.

        The next login requests the user's consent that Timers starts transfers with these collections. Mapped
        collections on Globus Connect Server need it, unless they are high assurance collections. Other collections
        have no such scope, and the login fails.

        :param collection_ids: one or several ids
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or an id is not a UUID
        """
        ids = checked_uuids("collection_ids", collection_ids)
        access = [GCSCollectionScopes(collection_id).data_access.with_optional(True) for collection_id in ids]
        return self.add_app_scope(self.scopes.timer.with_dependency(TransferScopes.all.with_dependencies(access)))

    def add_app_flow_user_scope(self, flow_ids: Union[UUIDLike, Iterable[UUIDLike]]) -> Self:
        """Add the ``user`` scopes of flows to the application's scope requirements, for flow timers.

        The next login requests the user's consent that Timers starts these flows.

        :param flow_ids: one or several ids
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or an id is not a UUID
        """
        users = [SpecificFlowScopes(flow_id).user for flow_id in checked_uuids("flow_ids", flow_ids)]
        return self.add_app_scope(self.scopes.timer.with_dependencies(users))


class TimersClient(TimersClientBase[Send], BaseClient):
    """Creates and manages timers, which start transfers and flows at a time or in intervals."""
