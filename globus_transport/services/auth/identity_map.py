"""Identities by id or user name, looked up many at a time and kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, MutableMapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.bound import AwaitedCalls


class IdentityMap:
    """Looks like a mapping from ids and user names to identity documents.

    What was added is looked up in batches, when one of it is asked for::

        identities = IdentityMap(auth_client, [rule["principal"] for rule in rules])
        for rule in rules:
            print(identities[rule["principal"]]["username"])

    :param auth_client: an ``AuthClient``, not the asyncio one
    :param identity_ids: ids or user names to begin with
    :param id_batch_size: how many are looked up by one request; by default 100
    :param cache: where found identities are kept, by id and by user name; by default a dict of its own
    :ivar unresolved_ids: ids that were added and not looked up yet, as keys
    :ivar unresolved_usernames: the same for user names
    :raises GlobusSDKUsageError: if the client is one for asyncio, or the batch size is not positive
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
                f"IdentityMap: it cannot look anything up with {type(auth_client).__name__}; give it an AuthClient"
            )
        if id_batch_size is not None and id_batch_size < 1:
            raise GlobusSDKUsageError(f"IdentityMap: id_batch_size={id_batch_size}: give a number above 0")
        self.auth_client: Any = auth_client
        self.id_batch_size = 100 if id_batch_size is None else id_batch_size
        self._cache: MutableMapping[str, dict[str, Any]] = {} if cache is None else cache
        # Dicts, because they are ordered.
        self.unresolved_ids: dict[str, None] = {}
        self.unresolved_usernames: dict[str, None] = {}
        for identity_id in identity_ids or ():
            self.add(identity_id)

    def add(self, identity_id: str) -> bool:
        """Have an id or user name looked up with the next batch.

        :return: whether it was new
        """
        wanted = self.unresolved_ids if _is_uuid(identity_id) else self.unresolved_usernames
        if identity_id in self._cache or identity_id in wanted:
            return False
        wanted[identity_id] = None
        return True

    def get(self, key: str, default: Any = None) -> Any:
        """The identity, or ``default`` if there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def __getitem__(self, key: str) -> Any:
        """The identity.

        :raises KeyError: if there is none
        :raises GlobusAPIError: if the look-up is refused
        """
        if key not in self._cache:
            self.add(key)
            self._look_up(key)
        try:
            return self._cache[key]
        except KeyError:
            raise KeyError(f"{key}: Globus Auth knows no such identity") from None

    def __delitem__(self, key: str) -> None:
        """Forget an identity; asked for, it is looked up again."""
        del self._cache[key]

    def _look_up(self, key: str) -> None:
        by_id = _is_uuid(key)
        wanted = self.unresolved_ids if by_id else self.unresolved_usernames
        # Other maps may share the cache, and have found some of them.
        others = (one for one in wanted if one != key and one not in self._cache)
        batch = [key, *(one for one, _ in zip(others, range(self.id_batch_size - 1), strict=False))]
        found = self.auth_client.get_identities(**{"ids" if by_id else "usernames": batch})
        # Only now: a look-up that failed is made again.
        for one in batch:
            wanted.pop(one, None)
        for identity in found["identities"]:
            self._cache[identity["id"]] = identity
            self._cache[identity["username"]] = identity


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
