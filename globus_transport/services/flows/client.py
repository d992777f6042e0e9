"""The clients of Globus Flows for threads, and the base that the clients of one flow share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Self, Union

from globus_transport.core.flow import Send
from globus_transport.http.ids import checked_uuids
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.app import AppLike
from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import AnyAuthorizer, ClientBase, SendT
from globus_transport.scopes.collections import GCSCollectionScopes, SpecificFlowScopes, TransferScopes
from globus_transport.scopes.scope import Scope
from globus_transport.services.flows.routes import FlowsRoutes
from globus_transport.services.flows.routes.specific_flow import SpecificFlowRoutes
from globus_transport.transport import Transport


class PaginatedFlows(Paginated, FlowsRoutes):
    """The list calls of :class:`FlowsClient`, as paginators."""


class FlowsClient(BaseClient, FlowsRoutes):
    """Manages flows, follows and cancels their runs, and answers their web inputs.

    :class:`SpecificFlowClient` starts runs.
    """

    @property
    def paginated(self) -> PaginatedFlows:
        """The list calls, as paginators: ``client.paginated.list_runs().items()``."""
        return PaginatedFlows(self)


class SpecificFlowClientBase(ClientBase[SendT], SpecificFlowRoutes):
    """The base of the clients of one flow.

    :param flow_id: the id of the flow, which is also the resource server of its tokens
    :ivar scopes: the scopes of the flow: ``user``
    """

    scopes: SpecificFlowScopes

    def __init__(
        self,
        flow_id: uuid.UUID | str,
        *,
        environment: str | None = None,
        base_url: str | None = None,
        app: AppLike | None = None,
        app_scopes: list[Scope] | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        terminal: SendT | None = None,
    ) -> None:
        self.scopes = SpecificFlowScopes(flow_id)
        super().__init__(
            environment=environment,
            base_url=base_url,
            app=app,
            app_scopes=app_scopes,
            authorizer=authorizer,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )

    @property
    def flow_id(self) -> str:
        """The id of the flow."""
        return self.scopes.resource_server

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """The scope that runs the flow."""
        return [self.scopes.user]

    def add_app_transfer_data_access_scope(
        self, collection_ids: Union[uuid.UUID, str, Iterable[Union[uuid.UUID, str]]]
    ) -> Self:
        """Add the ``data_access`` scopes of collections to the application's scope requirements.

        The next login requests the user's consent that the flow transfers data of these collections. Mapped
        collections on Globus Connect Server need it, unless they are high assurance collections. Other collections
        have no such scope, and the login fails.

        :param collection_ids: one or several ids
        :return: this client
        :raises GlobusSDKUsageError: if the client has no app, or an id is not a UUID
        """
        ids = checked_uuids("collection_ids", collection_ids)
        data_access = [GCSCollectionScopes(collection_id).data_access.with_optional(True) for collection_id in ids]
        transfer = TransferScopes.all.with_optional(True).with_dependencies(data_access)
        return self.add_app_scope(self.scopes.user.with_dependency(transfer))


class SpecificFlowClient(SpecificFlowClientBase[Send], BaseClient):
    """Starts and resumes runs of one flow. It needs a token for this flow.

    :param flow_id: the id of the flow, which is also the resource server of its tokens

    Its other parameters are those of every client.
    """
