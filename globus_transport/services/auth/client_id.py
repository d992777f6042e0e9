"""The id of an OAuth2 client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.ids import is_id

if TYPE_CHECKING:
    import uuid


def checked_client_id(client_id: uuid.UUID | str) -> str:
    """The id as text.

    :raises GlobusSDKUsageError: if it is no id
    """
    if not is_id(client_id):
        raise GlobusSDKUsageError(f"client_id: expected a UUID or text, got {client_id!r}")
    return str(client_id)
