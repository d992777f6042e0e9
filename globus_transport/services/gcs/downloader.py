"""Reads files of collections by their HTTPS URLs, and finds out which login each needs.

A collection's server redirects a request without a token to a login, and the redirect names the collection. Any server
could name any collection. So the token is sent only if Globus Transfer says that the collection has this address.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Generic, Literal, Self, TypeVar, overload
from urllib.parse import parse_qs, urlsplit

from globus_transport.core.flow import AsyncSend, Send
from globus_transport.exc.base import GlobusError, GlobusSDKUsageError
from globus_transport.http.urls import URL, origin_of
from globus_transport.routing.app import AppLike
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.client import BaseClient
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.scopes.collections import GCSCollectionScopes
from globus_transport.scopes.scope import Scope
from globus_transport.services.gcs.collection_client import (
    AsyncGCSCollectionClient,
    GCSCollectionClient,
    GCSCollectionClientBase,
)
from globus_transport.services.transfer.async_client import AsyncTransferClient
from globus_transport.services.transfer.client import TransferClient, TransferClientBase
from globus_transport.transport import Transport

ClientT = TypeVar("ClientT", bound=GCSCollectionClientBase[Any])
TransferT = TypeVar("TransferT", bound=TransferClientBase[Any])
SendT = TypeVar("SendT")


class UnknownCollectionError(GlobusError, RuntimeError):
    """It is not known which collection a URL belongs to, so that no token was sent there."""


class _DownloaderBase(Generic[ClientT, TransferT, SendT]):
    """The base of the downloaders."""

    def __init__(
        self,
        app: AppLike,
        *,
        gcs_client: ClientT | None = None,
        transfer_client: TransferT | None = None,
        transport: Transport | None = None,
        terminal: SendT | None = None,
    ) -> None:
        if transport is not None and terminal is not None:
            raise GlobusSDKUsageError("give transport= or terminal=, not both: the settings are those of connections")
        self.app = app
        self.gcs_client = gcs_client
        self.transfer_client = transfer_client
        self.transport = Transport() if transport is None else transport
        self._connections: dict[str, Any] = (
            {"transport": self.transport} if terminal is None else {"terminal": terminal}
        )
        self._made_clients: dict[str, ClientT] = {}
        self._made_transfer_client: TransferT | None = None

    def _known_client(self, origin: str) -> ClientT | None:
        """The client for the files of a server, if there is one."""
        given = self.gcs_client
        if given is None or given in self._made_clients.values():
            return self._made_clients.get(origin)
        if given.origin != origin:
            raise GlobusSDKUsageError(f"file_uri: it is on {origin}, and gcs_client is for {given.origin}")
        return given

    def _keep_client(self, client: ClientT) -> ClientT:
        self.gcs_client = self._made_clients[client.origin] = client
        return client


def _collection_id(url: URL, redirect: GlobusHTTPResponse) -> str:
    """The id of the collection in a redirect to a login."""
    ids = parse_qs(urlsplit(redirect.headers.get("Location", "")).query).get("client_id", [])
    try:
        (collection_id,) = ids
        return str(uuid.UUID(collection_id))
    except ValueError:
        raise UnknownCollectionError(
            f"{url.origin} responds to a request without a token with status {redirect.http_status}, and does not name "
            "one collection; give the client of the collection as gcs_client="
        ) from None


def _required_scopes(url: URL, collection_id: str, document: Mapping[str, Any] | GlobusHTTPResponse) -> list[Scope]:
    """The scopes for reading a file.

    :param document: the collection's document of Globus Transfer
    :raises UnknownCollectionError: if the collection has another address
    """
    address = document.get("https_server")
    if not _is_address_on(url.origin, address):
        raise UnknownCollectionError(
            f"{url.origin} says that it is the server of collection {collection_id}, whose address is {address}; "
            "no token was sent"
        )
    scopes = GCSCollectionScopes(collection_id)
    is_mapped = document.get("entity_type") == "GCSv5_mapped_collection"
    return [scopes.https, scopes.data_access] if is_mapped and not document.get("high_assurance") else [scopes.https]


def _is_address_on(origin: str, address: Any) -> bool:
    try:
        return origin_of(address) == origin
    except GlobusSDKUsageError:
        return False


class GCSDownloader(_DownloaderBase[GCSCollectionClient, TransferClient, Send]):
    """Reads files of collections by their HTTPS URLs.

    ::

        with GCSDownloader(app) as downloader:
            text = downloader.read_file("https://m-1234.data.globus.org/folder/notes.txt")

    :param app: logs in
    :param gcs_client: the client of the collection that all files are on; by default the collection of each file is
        found, and the attribute has the client of the last one
    :param transfer_client: looks up collections; by default a client of the app
    :param transport: settings of the connections of the clients that the downloader makes
    :param terminal: sends the requests of these clients, instead of their own connections
    :raises GlobusSDKUsageError: if both ``transport`` and ``terminal`` are given
    """

    @overload
    def read_file(self, file_uri: str, *, as_text: Literal[True] = True) -> str: ...
    @overload
    def read_file(self, file_uri: str, *, as_text: Literal[False]) -> bytes: ...
    @overload
    def read_file(self, file_uri: str, *, as_text: bool) -> str | bytes: ...
    def read_file(self, file_uri: str, *, as_text: bool = True) -> str | bytes:
        """Read a whole file. The first file of a collection may need a login.

        :param file_uri: its URL
        :param as_text: whether to return text; otherwise bytes
        :raises GlobusAPIError: if the file does not exist, or the user may not read it
        :raises UnknownCollectionError: if the URL is not the address of a collection
        """
        reply = self._fetch(URL(file_uri))
        return reply.text if as_text else reply.binary_content

    def _fetch(self, url: URL) -> GlobusHTTPResponse:
        client = self._known_client(url.origin)
        if client is None:
            with BaseClient(base_url=url.origin, **self._connections) as anonymous:
                reply = anonymous.request("GET", url, allow_redirects=False)
            if reply.http_status < 300:
                # Anybody may read it.
                return reply
            collection_id = _collection_id(url, reply)
            client = self._keep_client(self._make_client(url, collection_id))
        return client.get(url)

    def _make_client(self, url: URL, collection_id: str) -> GCSCollectionClient:
        if self.transfer_client is None:
            self.transfer_client = self._made_transfer_client = TransferClient(app=self.app, **self._connections)
        scopes = _required_scopes(url, collection_id, self.transfer_client.get_endpoint(collection_id))
        return GCSCollectionClient(collection_id, url.origin, app=self.app, app_scopes=scopes, **self._connections)

    def close(self) -> None:
        """Close the clients that the downloader made."""
        for client in (*self._made_clients.values(), self._made_transfer_client):
            if client is not None:
                client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class AsyncGCSDownloader(_DownloaderBase[AsyncGCSCollectionClient, AsyncTransferClient, AsyncSend]):
    """Reads files of collections by their HTTPS URLs, under asyncio.

    Its parameters are those of :class:`GCSDownloader`, with clients for asyncio.
    """

    @overload
    async def read_file(self, file_uri: str, *, as_text: Literal[True] = True) -> str: ...
    @overload
    async def read_file(self, file_uri: str, *, as_text: Literal[False]) -> bytes: ...
    @overload
    async def read_file(self, file_uri: str, *, as_text: bool) -> str | bytes: ...
    async def read_file(self, file_uri: str, *, as_text: bool = True) -> str | bytes:
        """Read a whole file; see :meth:`GCSDownloader.read_file`.

        :param file_uri: the HTTPS address of the file
        :param as_text: whether to return text, in the encoding that the server names, instead of bytes
        """
        reply = await self._fetch(URL(file_uri))
        return reply.text if as_text else reply.binary_content

    async def _fetch(self, url: URL) -> GlobusHTTPResponse:
        client = self._known_client(url.origin)
        if client is None:
            async with AsyncBaseClient(base_url=url.origin, **self._connections) as anonymous:
                reply = await anonymous.request("GET", url, allow_redirects=False)
            if reply.http_status < 300:
                # Anybody may read it.
                return reply
            collection_id = _collection_id(url, reply)
            client = self._keep_client(await self._make_client(url, collection_id))
        return await client.get(url)

    async def _make_client(self, url: URL, collection_id: str) -> AsyncGCSCollectionClient:
        if self.transfer_client is None:
            self.transfer_client = self._made_transfer_client = AsyncTransferClient(app=self.app, **self._connections)
        scopes = _required_scopes(url, collection_id, await self.transfer_client.get_endpoint(collection_id))
        return AsyncGCSCollectionClient(collection_id, url.origin, app=self.app, app_scopes=scopes, **self._connections)

    async def close(self) -> None:
        """Close the clients that the downloader made."""
        for client in (*self._made_clients.values(), self._made_transfer_client):
            if client is not None:
                await client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()
