"""Clients of a service of your own: an inventory of laboratory items."""

from typing import Annotated, Any
from uuid import uuid4

from globus_transport import GlobusAPIError, Response, Scope
from globus_transport.routing import (
    MISSING,
    AsyncBaseClient,
    BaseClient,
    CommaList,
    GlobusHTTPResponse,
    IterableResponse,
    Marker,
    Maybe,
    RouteTable,
    UUIDLike,
    get,
    post,
)

BASE_URL = "https://inventory.example.org/api/"


class InventoryError(GlobusAPIError):
    """The inventory responded with an error.

    :ivar item_ids: the items that the error is about
    """

    def __init__(self, response: Response) -> None:
        super().__init__(response)
        document: Any = self.raw_json or {}
        self.item_ids: list[str] = document.get("items", [])


class Item(GlobusHTTPResponse):
    """One item."""

    @property
    def item_id(self) -> str:
        """The id that the inventory gave to it."""
        return str(self["id"])

    @property
    def name(self) -> str:
        return str(self["name"])


class ItemList(IterableResponse):
    """A page of items."""

    default_iter_key = "items"


def with_request_id(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, with a request id if the caller gave none."""
    request_id = arguments.get("request_id", MISSING)
    return {**arguments, "request_id": uuid4() if request_id is MISSING else request_id}


class InventoryRoutes(RouteTable):
    """The operations of the service."""

    error_class = InventoryError
    # The id of the service in Globus Auth, and what an application asks for.
    resource_server = "7e5b1b52-6e1c-4c3b-8f5c-0d1a3c9b2f10"

    @property
    def default_scope_requirements(self) -> list[Scope]:
        return [Scope(f"https://auth.globus.org/scopes/{self.resource_server}/all")]

    @get("/items/{item_id}")
    def get_item(self, item_id: UUIDLike) -> Item:
        """One item."""
        raise NotImplementedError

    @get("/items", paging=Marker())
    def list_items(
        self,
        *,
        fields: Annotated[Maybe[list[str]], CommaList] = MISSING,
        marker: Maybe[str] = MISSING,
    ) -> ItemList:
        """All items, page by page."""
        raise NotImplementedError

    # The inventory adds an item once, however often it gets the same request id.
    @post("/items", repeatable=True, prepare=with_request_id)
    def add_item(
        self,
        *,
        name: str,
        note: Maybe[str] = MISSING,
        request_id: Maybe[UUIDLike] = MISSING,
    ) -> Item:
        """Add an item."""
        raise NotImplementedError


class InventoryClient(BaseClient, InventoryRoutes):
    """The inventory, for threads."""

    base_url = BASE_URL


class AsyncInventoryClient(AsyncBaseClient, InventoryRoutes):
    """The inventory, for asyncio."""

    base_url = BASE_URL
