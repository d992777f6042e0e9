"""Ids, which callers give as text or as ``uuid.UUID``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

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


def checked_uuids(name: str, ids: uuid.UUID | str | Iterable[uuid.UUID | str]) -> list[str]:
    """One or several ids as texts.

    :param name: of the parameter, for errors
    :raises GlobusSDKUsageError: if one is not a UUID
    """
    given = [ids] if isinstance(ids, (str, uuid.UUID)) else list(ids)
    return [_checked_uuid(name, value) for value in given]


def _checked_uuid(name: str, value: uuid.UUID | str) -> str:
    try:
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise GlobusSDKUsageError(f"{name}: expected UUIDs, got {value!r}") from None
