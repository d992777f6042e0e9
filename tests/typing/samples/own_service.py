"""A user's own route table, on a client for threads and on one for asyncio."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Annotated, Any, assert_type

from globus_transport import (
    MISSING,
    AsyncBaseClient,
    BaseClient,
    GlobusHTTPResponse,
    IterableResponse,
    MissingType,
    RouteTable,
    Steps,
)
from globus_transport.routing import Body, CommaList, Marker, QueryParams, UUIDLike, get, operation, post


class Shelf(IterableResponse):
    default_iter_key = "books"


class LibraryRoutes(RouteTable):
    @get("/book/{book_id}")
    def get_book(self, book_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One book."""
        raise NotImplementedError

    @get("/books", paging=Marker())
    def list_books(
        self, *, authors: Annotated[list[str] | MissingType, CommaList] = MISSING, marker: str | MissingType = MISSING
    ) -> Shelf:
        """All books."""
        raise NotImplementedError

    @post("/book")
    def add_book(self, book: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Add a book."""
        raise NotImplementedError

    @operation
    def add_and_get(self, book: Mapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Add a book and look at it."""
        added = yield from self.add_book.flow(book)
        assert_type(added, GlobusHTTPResponse)
        return (yield from self.get_book.flow(added["id"]))


class LibraryClient(BaseClient, LibraryRoutes):
    """For threads."""


class AsyncLibraryClient(AsyncBaseClient, LibraryRoutes):
    """For asyncio."""


def calls(client: LibraryClient) -> None:
    assert_type(client.get_book("x"), GlobusHTTPResponse)
    assert_type(client.list_books(authors=["a"]), Shelf)
    assert_type(client.list_books.pages(), Iterator[Shelf])
    assert_type(client.add_and_get({"title": "t"}), GlobusHTTPResponse)


async def async_calls(client: AsyncLibraryClient) -> None:
    assert_type(await client.get_book("x"), GlobusHTTPResponse)
    assert_type(await client.list_books(authors=["a"]), Shelf)
    assert_type(client.list_books.pages(), AsyncIterator[Shelf])
    assert_type(await client.add_and_get({"title": "t"}), GlobusHTTPResponse)
