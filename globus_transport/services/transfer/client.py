"""The client of Globus Transfer for threads, and the base that it shares with the client for asyncio."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Self, Union

from globus_transport.core.flow import Send
from globus_transport.http.ids import checked_uuids
from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import ClientBase, SendT
from globus_transport.scopes.collections import GCSCollectionScopes
from globus_transport.services.transfer.routes import TransferRoutes


class TransferClientBase(ClientBase[SendT], TransferRoutes):
    """The base of the clients of Globus Transfer."""

    def add_app_data_access_scope(self, collection_ids: Union[uuid.UUID, str, Iterable[Union[uuid.UUID, str]]]) -> Self:
        """Add the ``data_access`` scopes of collections to the application's scope requirements.

        The next login requests the user's consent. Mapped collections on Globus Connect Server need it, unless they
        are high assurance collections. Other collections have no such scope, and the login fails.

        :param collection_ids: one or several ids
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or an id is not a UUID
        """
        ids = checked_uuids("collection_ids", collection_ids)
        scopes = [GCSCollectionScopes(collection_id).data_access.with_optional(True) for collection_id in ids]
        return self.add_app_scope(self.scopes.all.with_dependencies(scopes))


class PaginatedTransfer(Paginated, TransferRoutes):
    """The list calls of :class:`TransferClient`, as paginators."""


class TransferClient(TransferClientBase[Send], BaseClient):
    """Finds collections, reads folders, and submits and monitors tasks."""

    @property
    def paginated(self) -> PaginatedTransfer:
        """The list calls, as paginators: ``client.paginated.task_list().items()``."""
        return PaginatedTransfer(self)
