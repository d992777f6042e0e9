"""Consents: what people let which clients do."""

import threading
from collections.abc import Iterable

from globus_transport.sandbox.clock import iso_time
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.ids import scope_id, service_id
from globus_transport.sandbox.scopes import Scope, resource_server_of


class Consents:
    """All consents of one sandbox, one for each scope in each place of a scope tree."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.all: list[Document] = []

    def grant(self, client_id: str, identity_id: str, scopes: Iterable[Scope], now: float, *, refresh: bool) -> None:
        """Note what someone agreed to. What they had agreed to before stays, with a new date."""
        with self._lock:
            self._grant(client_id, identity_id, scopes, iso_time(now), refresh, [])

    def of(self, identity_id: str) -> list[Document]:
        """Someone's consents, oldest first."""
        with self._lock:
            return [dict(one) for one in self.all if one["effective_identity"] == identity_id]

    def _grant(
        self, client: str, identity: str, scopes: Iterable[Scope], now: str, refresh: bool, path: list[int]
    ) -> None:
        for scope in scopes:
            consent = self._find(client, identity, scope.name, path) or self._add(client, identity, scope, now, path)
            consent |= {"updated": now, "last_used": now, "allows_refresh": consent["allows_refresh"] or refresh}
            # Who asks for the scopes below is the service that this scope is of.
            server = service_id(resource_server_of(scope.name))
            self._grant(server, identity, scope.dependencies, now, refresh, consent["dependency_path"])

    def _find(self, client: str, identity: str, name: str, path: list[int]) -> Document | None:
        for one in self.all:
            key = one["client"], one["effective_identity"], one["scope_name"], one["dependency_path"][:-1]
            if key == (client, identity, name, path):
                return one
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
