"""Looks up identities by id or user name in batches, and caches them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, MutableMapping
from itertools import islice
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.numbers import is_number
from globus_transport.routing.bound import AwaitedCalls


class IdentityMap:
    """A mapping from ids and user names to identity documents.

    Added ids and user names are looked up in batches, when one of them is read::

        identities = IdentityMap(auth_client, [rule["principal"] for rule in rules])
        for rule in rules:
            print(identities[rule["principal"]]["username"])

    :param auth_client: an ``AuthClient``; not an Async client
    :param identity_ids: ids or user names to add at the start
    :param id_batch_size: the maximum number of identities for one request; by default 100
    :param cache: stores identities by id and by user name; by default a new dict
    :raises GlobusSDKUsageError: if the client is an Async client, or the batch size is not positive
    """

    def __init__(
        self,
        auth_client: Any,
        identity_ids: Iterable[str] | None = None,
        *,
        id_batch_size: int | None = None,
        cache: MutableMapping[str, dict[str, Any]] | None = None,
    ) -> None:
        if isinstance(auth_client, AwaitedCalls) or not hasattr(auth_client, "get_identities"):
            raise GlobusSDKUsageError(
                f"IdentityMap: auth_client: a {type(auth_client).__name__} cannot look up identities here; "
                "give it an AuthClient"
            )
        if id_batch_size is not None and not is_number(id_batch_size, at_least=1):
            raise GlobusSDKUsageError(f"IdentityMap: id_batch_size={id_batch_size!r}: give a number above 0")
        self.auth_client: Any = auth_client
        self.id_batch_size = 100 if id_batch_size is None else id_batch_size
        self._cache: MutableMapping[str, dict[str, Any]] = {} if cache is None else cache
        # Dicts with None as values, as ordered sets.
        self._unresolved_ids: dict[str, None] = {}
        self._unresolved_usernames: dict[str, None] = {}
        for identity_id in identity_ids or ():
            self.add(identity_id)

    @property
    def unresolved_ids(self) -> set[str]:
        """The ids that were added and not looked up yet."""
        return set(self._unresolved_ids)

    @property
    def unresolved_usernames(self) -> set[str]:
        """The user names that were added and not looked up yet."""
        return set(self._unresolved_usernames)

    def add(self, identity_id: str) -> bool:
        """Add an id or user name to the next batch.

        :param identity_id: an id or a username
        :return: whether it was added; ``False`` if it was known
        """
        unresolved = self._unresolved_ids if _is_uuid(identity_id) else self._unresolved_usernames
        if identity_id in self._cache or identity_id in unresolved:
            return False
        unresolved[identity_id] = None
        return True

    def get(self, key: str, default: Any = None) -> Any:
        """Get the identity, or ``default`` if there is none.

        :param key: an id or a username
        :param default: returned if there is none
        """
        try:
            return self[key]
        except KeyError:
            return default

    def __getitem__(self, key: str) -> Any:
        """Get the identity.

        :raises KeyError: if there is none
        :raises GlobusAPIError: if Globus Auth refuses the request
        """
        if key not in self._cache:
            self.add(key)
            self._look_up(key)
        try:
            return self._cache[key]
        except KeyError:
            raise UnknownIdentityError(key) from None

    def __delitem__(self, key: str) -> None:
        """Remove an identity from the cache. The next read looks it up again."""
        del self._cache[key]

    def _look_up(self, key: str) -> None:
        by_id = _is_uuid(key)
        unresolved = self._unresolved_ids if by_id else self._unresolved_usernames
        # Maps may share a cache: another map may have looked up some of these.
        others = (name for name in unresolved if name != key and name not in self._cache)
        batch = [key, *islice(others, self.id_batch_size - 1)]
        response = self.auth_client.get_identities(**{"ids" if by_id else "usernames": batch})
        # After the request: if it fails, the next read looks these up again.
        for name in batch:
            unresolved.pop(name, None)
        for identity in response["identities"]:
            self._cache[identity["id"]] = identity
            self._cache[identity["username"]] = identity


class UnknownIdentityError(KeyError):
    """Globus Auth knows no identity of an id or user name, which is the only one of ``args``."""

    def __str__(self) -> str:
        return f"{self.args[0]}: Globus Auth knows no such identity"


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
