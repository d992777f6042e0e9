"""Routes on storage gateways and user credentials, which connect the endpoint to storage systems.

Reference: docs.globus.org/globus-connect-server/v5/api/openapi_Storage_Gateways and openapi_User_Credentials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.services.gcs.response import IterableGCSResponse, UnpackingGCSResponse
from globus_transport.services.gcs.routes.endpoint import PAGES

_GATEWAY = {"match": "storage_gateway"}
_CREDENTIAL = {"match": "user_credential"}

Include = Annotated[Maybe[Union[str, Iterable[str]]], CommaList]


class StorageGatewayRoutes(RouteTable):
    """Create, update and delete storage gateways."""

    @get("/storage_gateways", paging=PAGES)
    def get_storage_gateway_list(
        self,
        *,
        include: Include = MISSING,
        page_size: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableGCSResponse:
        """List the storage gateways of the endpoint.

        Each document has ``id``, ``display_name``, ``connector_id`` and more.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Storage_Gateways/#getStorageGateways

        :param include: ``"accounts"`` adds the accounts of the caller, ``"private_policies"`` the settings that only
            administrators may see
        :param page_size: the number of documents in a page
        :param marker: the ``marker`` of the page before; ``client.paginated.get_storage_gateway_list()`` sets it
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @post("/storage_gateways", reply_options=_GATEWAY)
    def create_storage_gateway(
        self, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> UnpackingGCSResponse:
        """Create a storage gateway. The reply has its ``id``.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Storage_Gateways/#postStorageGateway

        :param data: a :class:`StorageGatewayDocument`, or a dict of the same form
        :param query_params: further query parameters
        :raises GCSAPIError: with status 422 if a field has a wrong value
        """
        raise NotImplementedError

    @get("/storage_gateways/{storage_gateway_id}", reply_options=_GATEWAY)
    def get_storage_gateway(
        self,
        storage_gateway_id: UUIDLike,
        *,
        include: Include = MISSING,
        query_params: QueryParams = None,
    ) -> UnpackingGCSResponse:
        """Get a storage gateway.

        The reply has ``id`` and the fields of :class:`StorageGatewayDocument`.

        :param storage_gateway_id: the id of the storage gateway
        :param include: as for :meth:`get_storage_gateway_list`
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @patch("/storage_gateways/{storage_gateway_id}")
    def update_storage_gateway(
        self,
        storage_gateway_id: UUIDLike,
        data: Annotated[Mapping[str, Any], Body()],
        *,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Update a storage gateway. Fields that are not in the document keep their values.

        :param storage_gateway_id: the id of the storage gateway
        :param data: a :class:`StorageGatewayDocument`, or a dict of the same form
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @delete("/storage_gateways/{storage_gateway_id}")
    def delete_storage_gateway(
        self, storage_gateway_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Delete a storage gateway, not the files on the storage system.

        :param storage_gateway_id: the id of the storage gateway
        :param query_params: further query parameters
        """
        raise NotImplementedError


class UserCredentialRoutes(RouteTable):
    """Manage the credentials that users have for storage systems."""

    @get("/user_credentials", paging=PAGES)
    def get_user_credential_list(
        self,
        storage_gateway: Maybe[UUIDLike] = MISSING,
        page_size: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableGCSResponse:
        """List the user's credentials.

        :param storage_gateway: the id of a storage gateway; without it, credentials for all of them are listed
        :param page_size: the number of documents in a page
        :param marker: the ``marker`` of the page before; ``client.paginated.get_user_credential_list()`` sets it
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @post("/user_credentials", reply_options=_CREDENTIAL)
    def create_user_credential(
        self, data: Annotated[Mapping[str, Any], Body()], query_params: QueryParams = None
    ) -> UnpackingGCSResponse:
        """Register a credential. The reply has its ``id``.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_User_Credentials/#postUserCredential

        :param data: a :class:`UserCredentialDocument`, or a dict of the same form
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @get("/user_credentials/{user_credential_id}", reply_options=_CREDENTIAL)
    def get_user_credential(
        self, user_credential_id: UUIDLike, query_params: QueryParams = None
    ) -> UnpackingGCSResponse:
        """Get a credential.

        The reply has ``id``, ``invalid`` (whether the storage system rejected it) and the fields of
        :class:`UserCredentialDocument`.

        :param user_credential_id: the id of the credential
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @patch("/user_credentials/{user_credential_id}", reply_options=_CREDENTIAL)
    def update_user_credential(
        self,
        user_credential_id: UUIDLike,
        data: Annotated[Mapping[str, Any], Body()],
        query_params: QueryParams = None,
    ) -> UnpackingGCSResponse:
        """Update a credential. Fields that are not in the document keep their values.

        :param user_credential_id: the id of the credential
        :param data: a :class:`UserCredentialDocument`, or a dict of the same form
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @delete("/user_credentials/{user_credential_id}")
    def delete_user_credential(
        self, user_credential_id: UUIDLike, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Delete a credential.

        :param user_credential_id: the id of the credential
        :param query_params: further query parameters
        """
        raise NotImplementedError
