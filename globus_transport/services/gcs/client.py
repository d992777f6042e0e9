"""The client of Globus Connect Server for threads, and the base that it shares with the client for asyncio."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport.core.flow import Send, Steps, run
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.urls import URL
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.app import AppAuthorizer, AppLike
from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import AnyAuthorizer, ClientBase, SendT
from globus_transport.routing.route import flow_of, operation
from globus_transport.scopes.collections import GCSCollectionScopes, GCSEndpointScopes
from globus_transport.scopes.scope import Scope
from globus_transport.services.gcs.app import Endpoint, EndpointAppAuthorizer, read_client_id
from globus_transport.services.gcs.routes import GCSRoutes
from globus_transport.transport import Transport


class _ResourceServerOfEndpoint:
    def __get__(self, instance: GCSClientBase[Any] | None, owner: type) -> str | None:
        return None if instance is None else instance.endpoint_client_id


class GCSClientBase(ClientBase[SendT], GCSRoutes):
    """The base of the clients of Globus Connect Server.

    :param gcs_address: the host name of the endpoint, such as ``abc.def.data.globus.org``, or its URL
    """

    # find_endpoint_client_id() is not an operation of the server's API.
    lists_its_routes: ClassVar[bool] = False

    def __init__(
        self,
        gcs_address: str,
        *,
        app: AppLike | None = None,
        app_scopes: list[Scope] | None = None,
        environment: str | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        terminal: SendT | None = None,
    ) -> None:
        self._endpoint = Endpoint()
        self._endpoint_authorizer: EndpointAppAuthorizer | None = None
        super().__init__(
            environment=environment,
            base_url=_base_url(gcs_address),
            app=app,
            app_scopes=app_scopes,
            authorizer=authorizer,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )

    @staticmethod
    def get_gcs_endpoint_scopes(endpoint_id: uuid.UUID | str) -> GCSEndpointScopes:
        """The scopes of an endpoint.

        :param endpoint_id: the client id of the endpoint
        """
        return GCSEndpointScopes(endpoint_id)

    @staticmethod
    def get_gcs_collection_scopes(collection_id: uuid.UUID | str) -> GCSCollectionScopes:
        """The scopes of a collection.

        :param collection_id: the id of the collection
        """
        return GCSCollectionScopes(collection_id)

    @property
    def endpoint_client_id(self) -> str:
        """The client id of the endpoint, which is the resource server of its scopes.

        It is fetched once: by the first use of this attribute, or by the first call of a client with an app. With
        asyncio, ``await client.find_endpoint_client_id()`` fetches it.

        :raises GlobusSDKUsageError: if the client is for asyncio, and the id was not fetched
        :raises ReplyFormatError: if the endpoint does not give an id
        """
        return self._endpoint.client_id or self._find_endpoint_client_id()

    @abstractmethod
    def _find_endpoint_client_id(self) -> str:
        """Get the client id from the endpoint."""

    @operation
    def find_endpoint_client_id(self) -> Steps[str]:
        """Get the client id of the endpoint from its information, or as it was found before.

        An application of the client learns which scopes the next login needs.

        :raises ReplyFormatError: if the endpoint does not give an id
        """
        if self._endpoint.client_id is None:
            info = yield from flow_of(self.get_gcs_info)
            client_id = read_client_id(info)
            if self._endpoint_authorizer is not None:
                yield from run(self._endpoint_authorizer.require_scopes, client_id)
            self._endpoint.client_id = client_id
        return self._endpoint.client_id

    if not TYPE_CHECKING:
        # Type checkers know it as an attribute of the base.
        resource_server = _ResourceServerOfEndpoint()

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """The scope that an application requires by default: ``manage_collections`` of the endpoint.

        :raises GlobusSDKUsageError: as for :attr:`endpoint_client_id`
        """
        return [GCSEndpointScopes(self.endpoint_client_id).manage_collections]

    def _app_authorizer(self, app: AppLike, app_scopes: list[Scope] | None) -> AppAuthorizer:
        self.app_scopes = app_scopes
        info_url = URL.at(self.origin, f"{self.base_path}/info")
        self._endpoint_authorizer = EndpointAppAuthorizer(app, app_scopes, self._endpoint, info_url)
        if self._endpoint.client_id is not None:
            self._endpoint_authorizer.require_scopes(self._endpoint.client_id)
        return self._endpoint_authorizer


def _base_url(gcs_address: str) -> str:
    if not isinstance(gcs_address, str) or not gcs_address:
        raise GlobusSDKUsageError(f"gcs_address: expected a host name or a URL, got {gcs_address!r}")
    url = (gcs_address if "://" in gcs_address else f"https://{gcs_address}").rstrip("/")
    return f"{url}/" if url.endswith("/api") else f"{url}/api/"


class PaginatedGCS(Paginated, GCSRoutes):
    """The list calls of :class:`GCSClient`, as paginators."""


class GCSClient(GCSClientBase[Send], BaseClient):
    """Manages an endpoint of Globus Connect Server: its collections, storage gateways, roles and user credentials.

    :param gcs_address: the host name of the endpoint, such as ``abc.def.data.globus.org``, or its URL

    Its other parameters are those of every client, without ``base_url``.
    """

    def _find_endpoint_client_id(self) -> str:
        return self.find_endpoint_client_id()

    @property
    def paginated(self) -> PaginatedGCS:
        """The list calls, as paginators: ``client.paginated.get_collection_list().items()``."""
        return PaginatedGCS(self)
