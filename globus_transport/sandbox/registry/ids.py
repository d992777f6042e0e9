"""Ids that follow from names."""

import uuid


def scope_id(name: str) -> str:
    """The id of a scope: the same everywhere, so that a consent can name one that nobody registered."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def service_id(name: str) -> str:
    """The client id of a service by its resource server's name."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
