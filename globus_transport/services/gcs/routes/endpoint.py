"""Routes on the endpoint and on roles. Reference: docs.globus.org/globus-connect-server/v5/api."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker
from globus_transport.routing.parameters import Body, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.services.gcs.response import IterableGCSResponse, UnpackingGCSResponse

#: The pages of every list of the server.
PAGES = Marker(more_key="has_next_page")

_ENDPOINT = {"match": "endpoint"}
_ROLE = {"match": "role"}


class EndpointRoutes(RouteTable):
    """Get and update the endpoint."""

    @get("/info", authorize=False, scopes=(), reply_options={"match": "info"})
    def get_gcs_info(self, query_params: QueryParams = None) -> UnpackingGCSResponse:
        """Get the ids and versions of the server. This needs no credential, and none is sent.

        The reply has ``client_id``, which is the resource server of the endpoint's scopes, ``endpoint_id``,
        ``domain_name``, ``api_version`` and ``manager_version``. The connectors of the server are in
        ``reply.full_data["data"]``.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi/#getInfo

        :param query_params: further query parameters
        """
        raise NotImplementedError

    @get("/endpoint", reply_options=_ENDPOINT)
    def get_endpoint(self, query_params: QueryParams = None) -> UnpackingGCSResponse:
        """Get the settings of the endpoint.

        The reply has ``id``, ``display_name``, ``organization``, ``subscription_id``, ``network_use`` and the other
        fields of :class:`EndpointDocument`.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Endpoint/#getEndpoint

        :param query_params: further query parameters
        """
        raise NotImplementedError

    @patch("/endpoint", reply_options=_ENDPOINT)
    def update_endpoint(
        self,
        endpoint_data: Annotated[Mapping[str, Any], Body()],
        *,
        include: Annotated[
            Maybe[Union[Iterable[Literal["endpoint"]], Literal["endpoint"]]],
            CommaList,
        ] = MISSING,
        query_params: QueryParams = None,
    ) -> UnpackingGCSResponse:
        """Update the endpoint. Fields that are not in the document keep their values.

        :param endpoint_data: an :class:`EndpointDocument`, or a dict of the same form
        :param include: ``"endpoint"`` requests the updated document; otherwise the reply has only the result
        :param query_params: further query parameters
        """
        raise NotImplementedError


class RoleRoutes(RouteTable):
    """Manage the roles on the endpoint and on its collections."""

    @get("/roles", paging=PAGES)
    def get_role_list(
        self,
        collection_id: Maybe[UUIDLike] = MISSING,
        include: Maybe[str] = MISSING,
        page_size: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableGCSResponse:
        """List the roles on the endpoint or on a collection.

        :param collection_id: the id of the collection; without it, roles on the endpoint are listed
        :param include: ``"all_roles"`` lists roles of all users; otherwise those of the caller are listed
        :param page_size: the number of documents in a page
        :param marker: the ``marker`` of the page before; ``client.paginated.get_role_list()`` sets it
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @post("/roles", reply_options=_ROLE)
    def create_role(
        self, data: Annotated[Mapping[str, Any], Body()], query_params: QueryParams = None
    ) -> UnpackingGCSResponse:
        """Give a user or a group a role. The reply has its ``id``.

        :param data: a :class:`GCSRoleDocument`, or a dict of the same form
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @get("/roles/{role_id}", reply_options=_ROLE)
    def get_role(self, role_id: UUIDLike, query_params: QueryParams = None) -> UnpackingGCSResponse:
        """Get a role: its ``collection``, ``principal`` and ``role``.

        :param role_id: the id of the role
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @delete("/roles/{role_id}")
    def delete_role(self, role_id: UUIDLike, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Take a role away.

        :param role_id: the id of the role
        :param query_params: further query parameters
        """
        raise NotImplementedError
