"""Routes on collections. Reference: docs.globus.org/globus-connect-server/v5/api/openapi_Collections."""

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

_COLLECTION = {"match": "collection"}


class CollectionRoutes(RouteTable):
    """Create, update and delete mapped and guest collections."""

    @get("/collections", paging=PAGES)
    def get_collection_list(
        self,
        *,
        mapped_collection_id: Maybe[UUIDLike] = MISSING,
        filter: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        include: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        page_size: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableGCSResponse:
        """List the collections of the endpoint.

        Each document has ``id``, ``display_name``, ``collection_type`` (``"mapped"`` or ``"guest"``),
        ``storage_gateway_id`` and more.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Collections/#ListCollections

        :param mapped_collection_id: list the guest collections of this mapped collection
        :param filter: one or several of ``"mapped_collections"``, ``"guest_collections"``, ``"managed_by_me"`` and
            ``"created_by_me"``
        :param include: ``"private_policies"`` adds the settings of the connectors, which administrators may see
        :param page_size: the number of documents in a page
        :param marker: the ``marker`` of the page before; ``client.paginated.get_collection_list()`` sets it
        :param query_params: further query parameters
        :raises GCSAPIError: with status 403 if the user has no role that allows it
        """
        raise NotImplementedError

    @get("/collections/{collection_id}", reply_options=_COLLECTION)
    def get_collection(self, collection_id: UUIDLike, *, query_params: QueryParams = None) -> UnpackingGCSResponse:
        """Get a collection.

        The reply has the fields of :class:`MappedCollectionDocument` or :class:`GuestCollectionDocument`, and ``id``,
        ``domain_name``, ``https_url``, ``manager_url`` and more that the server sets.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Collections/#getCollection

        :param collection_id: the id of the collection
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @post("/collections", reply_options=_COLLECTION)
    def create_collection(self, collection_data: Annotated[Mapping[str, Any], Body()]) -> UnpackingGCSResponse:
        """Create a collection. The reply has its ``id``.

        A mapped collection needs a ``storage_gateway_id``, a guest collection a ``mapped_collection_id``, and both a
        ``display_name`` and a ``collection_base_path``. The request is not sent again if its outcome is unknown,
        because that may create two collections.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Collections/#createCollection

        :param collection_data: a :class:`MappedCollectionDocument` or :class:`GuestCollectionDocument`, or a dict of
            the same form
        """
        raise NotImplementedError

    @patch("/collections/{collection_id}", reply_options=_COLLECTION)
    def update_collection(
        self,
        collection_id: UUIDLike,
        collection_data: Annotated[Mapping[str, Any], Body()],
        *,
        query_params: QueryParams = None,
    ) -> UnpackingGCSResponse:
        """Update a collection. Fields that are not in the document keep their values.

        See https://docs.globus.org/globus-connect-server/v5/api/openapi_Collections/#patchCollection

        :param collection_id: the id of the collection
        :param collection_data: a :class:`MappedCollectionDocument` or :class:`GuestCollectionDocument`, as the
            collection is, or a dict of the same form
        :param query_params: further query parameters
        """
        raise NotImplementedError

    @delete("/collections/{collection_id}")
    def delete_collection(self, collection_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Delete a collection, not its files. The guest collections of a mapped collection are deleted with it.

        :param collection_id: the id of the collection
        :param query_params: further query parameters
        :raises GCSAPIError: if the collection is protected; ``delete_protected`` is true for new mapped collections
        """
        raise NotImplementedError
