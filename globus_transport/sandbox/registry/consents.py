"""Consents that users gave to clients."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.ids import scope_id, service_id
from globus_transport.sandbox.scopes import Scope, resource_server_of


class Consents:
    """All consents of one sandbox: one for each scope at each place of a scope tree."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.all: list[Document] = []

    def grant(self, client_id: str, identity_id: str, scopes: Iterable[Scope], now: float, *, refresh: bool) -> None:
        """Record an identity's consents to a client. Earlier consents to the same scopes get a new date.

        :param now: in seconds since the epoch
        :param refresh: whether the client gets a refresh token
        """
        with self._lock:
            self._grant(client_id, identity_id, scopes, format_iso_time(now), refresh, [])

    def find_by_identity(self, identity_id: str) -> list[Document]:
        """The consents of an identity, oldest first."""
        with self._lock:
            return [dict(consent) for consent in self.all if consent["effective_identity"] == identity_id]

    def _grant(
        self, client: str, identity: str, scopes: Iterable[Scope], now: str, refresh: bool, path: list[int]
    ) -> None:
        for scope in scopes:
            consent = self._find(client, identity, scope.name, path) or self._add(client, identity, scope, now, path)
            consent |= {"updated": now, "last_used": now, "allows_refresh": consent["allows_refresh"] or refresh}
            # The service of this scope requests the dependent scopes.
            server = service_id(resource_server_of(scope.name))
            self._grant(server, identity, scope.dependencies, now, refresh, consent["dependency_path"])

    def _find(self, client: str, identity: str, name: str, path: list[int]) -> Document | None:
        for consent in self.all:
            parent_path = consent["dependency_path"][:-1]
            if (client, identity, name, path) == (
                consent["client"],
                consent["effective_identity"],
                consent["scope_name"],
                parent_path,
            ):
                return consent
        return None

    def _add(self, client: str, identity: str, scope: Scope, now: str, path: list[int]) -> Document:
        id = len(self.all) + 1
        consent: Document = {
            "id": id,
            "client": client,
            "scope": scope_id(scope.name),
            "scope_name": scope.name,
            "effective_identity": identity,
            "dependency_path": [*path, id],
            "created": now,
            "status": "approved",
            "allows_refresh": False,
            "auto_approved": False,
            "atomically_revocable": scope.optional,
        }
        self.all.append(consent)
        return consent
