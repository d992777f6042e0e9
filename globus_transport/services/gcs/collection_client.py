"""The clients of one collection, whose files can be read and written by HTTPS."""

from __future__ import annotations

from typing import Any, NoReturn

from globus_transport.core.flow import AsyncSend, Send
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.app import AppLike
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import AnyAuthorizer, ClientBase, SendT
from globus_transport.routing.parameters import UUIDLike
from globus_transport.scopes.collections import GCSCollectionScopes
from globus_transport.scopes.scope import Scope
from globus_transport.transport import Transport


class _ScopesOfInstance:
    """What the class has as ``scopes``: each collection has scopes of its own."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"GCSCollectionClient.scopes.{name}: make a client; its `scopes` are those of a collection"
        )


class GCSCollectionClientBase(ClientBase[SendT]):
    """The base of the clients of a collection."""

    collection_id: str
    scopes: Any = _ScopesOfInstance()

    def __init__(
        self,
        collection_id: UUIDLike,
        collection_address: str,
        *,
        environment: str | None = None,
        app: AppLike | None = None,
        app_scopes: list[Scope] | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        terminal: SendT | None = None,
    ) -> None:
        self.scopes = GCSCollectionScopes(collection_id)
        self.collection_id = self.scopes.resource_server
        super().__init__(
            environment=environment,
            base_url=_base_url(collection_address),
            app=app,
            app_scopes=app_scopes,
            authorizer=authorizer,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """The scope that an application requires by default: ``https`` of the collection."""
        return [self.scopes.https]


def _base_url(address: str) -> str:
    if not isinstance(address, str) or not address:
        raise GlobusSDKUsageError(f"collection_address: expected a host name or a URL, got {address!r}")
    return address if "://" in address else f"https://{address}"


class GCSCollectionClient(GCSCollectionClientBase[Send], BaseClient):
    """Reads and writes the files of a collection by HTTPS: ``client.get("/folder/file.txt").text``.

    :param collection_id: the id of the collection
    :param collection_address: its host name or URL, which is ``https_server`` in its document of Globus Transfer
    :ivar collection_id: the id, as text
    :ivar scopes: the scopes of the collection

    Its other parameters are those of every client, without ``base_url``.
    """


class AsyncGCSCollectionClient(GCSCollectionClientBase[AsyncSend], AsyncBaseClient):
    """Reads and writes the files of a collection by HTTPS: ``(await client.get("/folder/file.txt")).text``.

    :param collection_id: the id of the collection
    :param collection_address: its host name or URL, which is ``https_server`` in its document of Globus Transfer
    :ivar collection_id: the id, as text
    :ivar scopes: the scopes of the collection

    Its other parameters are those of every client, without ``base_url``.
    """
