"""Ids, which callers give as text or as ``uuid.UUID``."""

from __future__ import annotations

import uuid

from globus_transport.exc.base import GlobusSDKUsageError


def is_id(value: object) -> bool:
    """Whether it is a ``uuid.UUID``, or text that is not empty."""
    return isinstance(value, (str, uuid.UUID)) and value != ""


def checked_client_id(client_id: uuid.UUID | str) -> str:
    """The id as text.

    :raises GlobusSDKUsageError: if it is no id
    """
    if not is_id(client_id):
        raise GlobusSDKUsageError(f"client_id: expected a UUID or text, got {client_id!r}")
    return str(client_id)
