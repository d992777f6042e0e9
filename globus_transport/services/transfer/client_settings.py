"""What the clients of Globus Transfer can do besides their routes. The same for threads and asyncio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.ids import is_uuid
from globus_transport.routing.mounting import MountedRoutes, SendT
from globus_transport.services.transfer.routes import TransferRoutes

if TYPE_CHECKING:
    import uuid
    from typing import Self


class TransferClientSettings(MountedRoutes[SendT], TransferRoutes):
    """A client whose application can be asked for access to the data of collections."""

    def add_app_data_access_scope(self, collection_ids: Union[uuid.UUID, str, Iterable[Union[uuid.UUID, str]]]) -> Self:
        """Have the application ask for the ``data_access`` consent of collections, in the next login.

        Mapped collections on Globus Connect Server need it, unless they are of high assurance. For any other
        collection Globus Auth knows no such scope, and the login fails.

        :param collection_ids: one id, or several
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or something is no id
        """
        # Not at the top: few programs ask for consents, and all start.
        from globus_transport.scopes.collections import GCSCollectionScopes

        given = [collection_ids] if isinstance(collection_ids, str) or is_uuid(collection_ids) else list(collection_ids)
        needed = [GCSCollectionScopes(_checked_id(one)).data_access.with_optional(True) for one in given]
        return self.add_app_scope(self.scopes.all.with_dependencies(needed))


def _checked_id(collection_id: uuid.UUID | str) -> str:
    import uuid

    try:
        return str(collection_id if isinstance(collection_id, uuid.UUID) else uuid.UUID(collection_id))
    except (ValueError, TypeError, AttributeError):
        raise GlobusSDKUsageError(f"collection_ids: expected the UUIDs of collections, got {collection_id!r}") from None
