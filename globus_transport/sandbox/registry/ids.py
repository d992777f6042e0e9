"""Ids that are derived from names."""

from __future__ import annotations

import uuid


def scope_id(name: str) -> str:
    """The id of a scope. It depends on the name only, so that a consent can refer to an unregistered scope."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def service_id(name: str) -> str:
    """The client id of a service.

    :param name: the name of its resource server, which may be the client id itself
    """
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
