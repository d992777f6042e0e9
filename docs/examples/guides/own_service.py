"""A client of a service that this package does not know."""

from typing import Annotated

from globus_transport import AccessTokenAuthorizer
from globus_transport.routing import (
    MISSING,
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

BASE_URL = "..."
ACCESS_TOKEN = "..."


class ItemList(IterableResponse):
    """A page of items."""

    default_iter_key = "items"


class InventoryRoutes(RouteTable):
    """The operations of the service."""

    @get("/items/{item_id}")
    def get_item(self, item_id: UUIDLike) -> GlobusHTTPResponse:
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

    @post("/items")
    def add_item(self, *, name: str, note: Maybe[str] = MISSING) -> GlobusHTTPResponse:
        """Add an item."""
        raise NotImplementedError


class InventoryClient(BaseClient, InventoryRoutes):
    """The service, for threads."""


with InventoryClient(
    base_url=BASE_URL, authorizer=AccessTokenAuthorizer(ACCESS_TOKEN)
) as client:
    item_id = client.add_item(name="beam splitter")["id"]
    print(client.get_item(item_id)["name"])
    for item in client.list_items.items(fields=["id", "name"]):
        print(item["id"], item["name"])
