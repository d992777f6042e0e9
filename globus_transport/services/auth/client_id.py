"""The id of an OAuth2 client."""

from __future__ import annotations

import uuid

from globus_transport.errors import GlobusSDKUsageError


def checked_client_id(client_id: uuid.UUID | str) -> str:
    """The id as text.

    :raises GlobusSDKUsageError: if it is no id
    """
    if not isinstance(client_id, (str, uuid.UUID)) or not str(client_id):
        raise GlobusSDKUsageError(f"client_id: expected a UUID or text, got {client_id!r}")
    return str(client_id)
