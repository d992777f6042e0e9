"""The requests for the pages of one list, one after the other. Whoever sends them, threads or asyncio, drives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Paging
from globus_transport.routing.plan import Plan


class PageRequests:
    """What to send for the next page.

    :ivar more: whether there is one
    """

    def __init__(self, plan: Plan, paging: Paging, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._plan = plan
        self._paging = paging
        self._client = client
        self._target, query, fields, self._document = plan.parts(client, args, kwargs)
        # An iterator among the arguments serves every page, not only the first.
        self._query = {name: list(value) if isinstance(value, Iterator) else value for name, value in query.items()}
        self._fields = fields
        document = {} if self._document is MISSING else self._document
        self._asked: dict[str, Any] = self._query if paging.place == "query" else {**document, **fields}
        self.more = True
        self._count = 0
        self._landmark: Mapping[str, Any] | None = None
        self._set(paging.first(self._asked))

    def request(self) -> Request:
        """The request for the next page."""
        return self._plan.build(self._client, (self._target, self._query, self._fields, self._document))

    def take(self, response: Response) -> Any:
        """The page that came, as the route's reply.

        :raises ReplyFormatError: if it does not say how the list goes on
        """
        page = self._plan.reply(response, self._client)
        if not isinstance(page.data, dict):
            # To take it for the last one would lose the rest of the list.
            raise ReplyFormatError("a page of the list is no JSON object, so it does not say how the list goes on")
        following = self._paging.after(self._asked, page)
        self.more = following is not None
        if following is not None:
            self._check_that_it_ends(following)
            self._set(following)
        return page

    def _check_that_it_ends(self, following: Mapping[str, Any]) -> None:
        # Brent's algorithm: a circle of any length meets a landmark that moves on ever more seldom. No list
        # of all that was seen is kept.
        if following == self._landmark:
            raise ReplyFormatError("the service leads back to a page that was fetched already; paging would never end")
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._landmark = following

    def _set(self, parameters: Mapping[str, Any]) -> None:
        self._asked = {**self._asked, **parameters}
        if self._paging.place == "query":
            self._query = {**self._query, **parameters}
        else:
            self._fields = {**self._fields, **parameters}
