"""The client of Globus Transfer, for threads, and what it shares with the one for asyncio."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Self, Union

from globus_transport.core.flow import Send
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import ClientBase, SendT
from globus_transport.scopes.collections import GCSCollectionScopes
from globus_transport.services.transfer.routes import TransferRoutes


class TransferClientBase(ClientBase[SendT], TransferRoutes):
    """A client whose application can be asked for access to the data of collections."""

    def add_app_data_access_scope(self, collection_ids: Union[uuid.UUID, str, Iterable[Union[uuid.UUID, str]]]) -> Self:
        """Have the application ask for the ``data_access`` consent of collections, in the next login.

        Mapped collections on Globus Connect Server need it, unless they are of high assurance. For any other
        collection Globus Auth knows no such scope, and the login fails.

        :param collection_ids: one id, or several
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or something is no id
        """
        given = [collection_ids] if isinstance(collection_ids, (str, uuid.UUID)) else list(collection_ids)
        needed = [GCSCollectionScopes(_checked_id(one)).data_access.with_optional(True) for one in given]
        return self.add_app_scope(self.scopes.all.with_dependencies(needed))


def _checked_id(collection_id: uuid.UUID | str) -> str:
    try:
        return str(collection_id if isinstance(collection_id, uuid.UUID) else uuid.UUID(collection_id))
    except (ValueError, TypeError, AttributeError):
        raise GlobusSDKUsageError(f"collection_ids: expected the UUIDs of collections, got {collection_id!r}") from None


class PaginatedTransfer(Paginated, TransferRoutes):
    """The lists of :class:`TransferClient`, page after page."""


class TransferClient(TransferClientBase[Send], BaseClient):
    """Globus Transfer: find collections, look at files, and submit and watch tasks."""

    @property
    def paginated(self) -> PaginatedTransfer:
        """The lists, as paginators: ``client.paginated.task_list().items()``."""
        return PaginatedTransfer(self)
