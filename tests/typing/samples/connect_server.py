"""What the calls of the clients of Connect Server give, and which documents they take."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar, assert_type
from uuid import UUID

from globus_transport import (
    AsyncGCSClient,
    ConnectorTable,
    EndpointDocument,
    GCSAPIError,
    GCSClient,
    GCSRoleDocument,
    GlobusApp,
    GlobusHTTPResponse,
    GuestCollectionDocument,
    IterableGCSResponse,
    MappedCollectionDocument,
    POSIXCollectionPolicies,
    POSIXStoragePolicies,
    Scope,
    StorageGatewayDocument,
    UnpackingGCSResponse,
)
from globus_transport.experimental.gcs_collection_client import GCSCollectionClient
from globus_transport.experimental.gcs_downloader import AsyncGCSDownloader, GCSDownloader
from globus_transport.paging import Paginator
from globus_transport.services.gcs import GlobusConnectServerConnector
from globus_transport.services.gcs.data.document import Version, VersionedDocument


def calls(client: GCSClient, collection: UUID) -> None:
    assert_type(client.get_gcs_info(), UnpackingGCSResponse)
    assert_type(client.update_endpoint(EndpointDocument(public=True), include="endpoint"), UnpackingGCSResponse)
    assert_type(client.update_endpoint({"public": True}, include=["endpoint"]), UnpackingGCSResponse)
    assert_type(client.get_collection_list(filter=["mapped_collections"], page_size=5), IterableGCSResponse)
    assert_type(client.get_collection_list.items(), Iterator[Any])
    assert_type(client.paginated.get_role_list(collection), Paginator[IterableGCSResponse])
    assert_type(client.get_collection(collection).full_data, Any)
    assert_type(
        client.create_collection(GuestCollectionDocument(mapped_collection_id=collection)), UnpackingGCSResponse
    )
    assert_type(client.delete_collection(collection), GlobusHTTPResponse)
    assert_type(client.create_role(GCSRoleDocument(collection=collection, role="administrator")), UnpackingGCSResponse)
    assert_type(client.endpoint_client_id, str)
    assert_type(client.find_endpoint_client_id(), str)
    assert_type(client.resource_server, str | None)
    assert_type(client.default_scope_requirements, list[Scope])
    assert_type(GCSClient.get_gcs_collection_scopes(collection).data_access, Scope)


async def asyncio_calls(client: AsyncGCSClient, app: GlobusApp) -> None:
    assert_type(await client.get_endpoint(), UnpackingGCSResponse)
    assert_type(client.get_collection_list.items(), AsyncIterator[Any])
    assert_type(await client.find_endpoint_client_id(), str)
    assert_type(client.endpoint_client_id, str)
    async with AsyncGCSDownloader(app) as downloader:
        assert_type(await downloader.read_file("https://m.example.org/x"), str)
        assert_type(await downloader.read_file("https://m.example.org/x", as_text=False), bytes)


def documents(error: GCSAPIError) -> None:
    MappedCollectionDocument(
        storage_gateway_id=UUID(int=1),
        sharing_users_allow=None,
        policies=POSIXCollectionPolicies(sharing_groups_allow="a"),
    )
    StorageGatewayDocument(connector_id=ConnectorTable.POSIX.connector_id, policies=POSIXStoragePolicies())
    assert_type(ConnectorTable.POSIX, GlobusConnectServerConnector)
    assert_type(ConnectorTable.lookup("posix"), GlobusConnectServerConnector | None)
    assert_type(error.detail, str | dict[str, Any] | None)
    assert_type(error.detail_data_type, str | None)


class Widget(VersionedDocument):
    DATATYPE_BASE = "widget"
    DATATYPE_VERSION_IMPLICATIONS: ClassVar[Mapping[str, Version]] = {"color": (1, 2, 0)}
    DATATYPE_VERSION_CALLBACKS = (lambda document: (2, 0, 0) if document.get("size") == "huge" else None,)


def version(document: Widget) -> Version:
    return document.DATATYPE_VERSION_IMPLICATIONS["color"]


def files(app: GlobusApp, text: bool) -> None:
    with GCSDownloader(app, gcs_client=GCSCollectionClient("id", "m.example.org", app=app)) as downloader:
        assert_type(downloader.read_file("https://m.example.org/x"), str)
        assert_type(downloader.read_file("https://m.example.org/x", as_text=False), bytes)
        assert_type(downloader.read_file("https://m.example.org/x", as_text=text), str | bytes)
