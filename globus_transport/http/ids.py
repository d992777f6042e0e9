"""Ids, which callers give as text or as ``uuid.UUID``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from globus_transport.exc.base import GlobusSDKUsageError

if TYPE_CHECKING:
    import uuid

    from typing_extensions import TypeIs


def is_uuid(value: object) -> TypeIs[uuid.UUID]:
    """Whether it is a ``uuid.UUID``."""
    # Who has one has loaded the module. Loading it for those who have none takes milliseconds of their start.
    return isinstance(value, getattr(sys.modules.get("uuid"), "UUID", ()))


def is_id(value: object) -> bool:
    """Whether it is a ``uuid.UUID``, or text that is not empty."""
    return (isinstance(value, str) and value != "") or is_uuid(value)


def checked_client_id(client_id: uuid.UUID | str) -> str:
    """The id as text.

    :raises GlobusSDKUsageError: if it is no id
    """
    if not is_id(client_id):
        raise GlobusSDKUsageError(f"client_id: expected a UUID or text, got {client_id!r}")
    return str(client_id)
