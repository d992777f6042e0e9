"""A token storage in memory."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import Any, Self

from globus_transport.core.process import PerProcess
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.token_data import TokenStorageData


class MemoryTokenStorage(PerProcess, TokenStorage):
    """Stores tokens in memory. They are lost when the program ends.

    :param namespace: separates several sets of tokens
    """

    _process_state = ("_lock",)

    def __init__(self, *, namespace: str = "DEFAULT") -> None:
        super().__init__(namespace)
        self._tokens: dict[str, dict[str, dict[str, Any]]] = {}
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()

    @classmethod
    def for_globus_app(cls, client_id: uuid.UUID | str, app_name: str, config: object, namespace: str) -> Self:
        """Make the storage of an application.

        :param client_id: the id of the application's client
        :param app_name: the application's name
        :param config: the application's settings
        """
        return cls(namespace=namespace)

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers."""
        new = {server: data.to_dict(include_extra=True) for server, data in token_data_by_resource_server.items()}
        with self._lock:
            # Readers take no lock: they see the dict before or after this one assignment.
            self._tokens = {**self._tokens, self.namespace: {**self._tokens.get(self.namespace, {}), **new}}

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server."""
        stored = self._tokens.get(self.namespace, {})
        return {server: TokenStorageData.from_dict(data) for server, data in stored.items()}

    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        """
        with self._lock:
            stored = dict(self._tokens.get(self.namespace, {}))
            found = stored.pop(resource_server, None) is not None
            self._tokens = {**self._tokens, self.namespace: stored}
        return found
