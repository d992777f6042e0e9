"""How services divide lists into pages: the parameters of the next request, from the last page.

A :class:`Paging` is a style of paging, declared with a route. :class:`PageRequests` makes the requests for the pages of
one list, one after the other; threads and asyncio each send them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, urlsplit

import attrs

from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.routing.missing import MISSING
from globus_transport.routing.plan import Plan
from globus_transport.routing.replies import GlobusHTTPResponse

Parameters = Mapping[str, Any]


class Paging(ABC):
    """A way of paging.

    :cvar location: whether the parameters are in the query or in the body
    """

    location: Literal["query", "body"] = "query"

    def first(self, given: Parameters) -> Parameters:
        """Parameters for the first page, besides those of the caller.

        :param given: the arguments of the call
        :return: they replace those of the same name
        :raises GlobusSDKUsageError: if a parameter of the caller does not work with paging
        """
        return {}

    @abstractmethod
    def after(self, asked: Parameters, page: GlobusHTTPResponse) -> Parameters | None:
        """Parameters for the page after ``page``, or ``None`` if it was the last.

        :param asked: the parameters of the request for ``page``
        :param page: the reply to the request before
        :return: they are added to those of the last request, and replace those of the same name
        :raises ReplyFormatError: if the page lacks what the next request needs
        """


@attrs.frozen
class Marker(Paging):
    """Each page names the next one by a marker.

    :param parameter: the marker's name in the request
    :param key: its name in the page; by default the same
    :param more_key: says with true or false whether there is another page; without it, or in a page that does not say
        so, a marker that is null, empty or missing ends the list
    """

    parameter: str = "marker"
    key: str | None = None
    more_key: str | None = None
    location: Literal["query", "body"] = "query"

    def after(self, asked: Parameters, page: GlobusHTTPResponse) -> Parameters | None:
        """See :meth:`Paging.after`."""
        more = None if self.more_key is None else page.get(self.more_key)
        if more is not None and not more:
            return None
        key = self.key or self.parameter
        marker = page.get(key)
        if marker is None or marker == "":
            if more:
                raise ReplyFormatError(f"the page says that there are more, but has no {key!r}")
            return None
        if str(marker) == str(asked.get(self.parameter)):
            raise ReplyFormatError(f"the service gave the {key} {marker!r} twice in a row; paging would never end")
        return {self.parameter: marker}

    def __str__(self) -> str:
        return self.parameter


@attrs.frozen
class Offset(Paging):
    """Pages by limit and offset.

    :param page_size: items of a page, if the caller gives no ``limit``
    :param max_results: items that the service gives at most, in all pages together
    :param more_key: says with true or false whether there is another page; by default ``has_next_page``
    :param total_key: says how many items there are in all pages, instead of ``more_key``. A page that says neither is a
        :class:`ReplyFormatError`, since the list could not be told from one that has ended
    :param count_key: says how many items the page has; without it they are counted
    """

    page_size: int = 100
    max_results: int | None = None
    more_key: str | None = None
    total_key: str | None = None
    count_key: str | None = None
    location: Literal["query", "body"] = "query"

    def first(self, given: Parameters) -> Parameters:
        """See :meth:`Paging.first`."""
        offset, limit = _number("offset", given.get("offset", 0)), _number("limit", given.get("limit", self.page_size))
        if limit < 1:
            raise GlobusSDKUsageError(f"limit={limit}: paging needs a limit above 0")
        return {"limit": self._allowed(offset, limit), "offset": offset}

    def after(self, asked: Parameters, page: GlobusHTTPResponse) -> Parameters | None:
        """See :meth:`Paging.after`."""
        count = self._count(page)
        offset = int(asked["offset"]) + count
        if count == 0 or not self._goes_on(page, offset):
            return None
        if self.max_results is not None and offset >= self.max_results:
            return None
        return {"limit": self._allowed(offset, int(asked["limit"])), "offset": offset}

    def _allowed(self, offset: int, limit: int) -> int:
        # A service that gives so many at most refuses a page that would reach beyond.
        return limit if self.max_results is None else max(1, min(limit, self.max_results - offset))

    def _count(self, page: GlobusHTTPResponse) -> int:
        if self.count_key is not None:
            count = page.get(self.count_key)
            if not isinstance(count, int):
                raise ReplyFormatError(f"the page does not say how many items it has, under {self.count_key!r}")
            return count
        return len(list(cast(Iterable[Any], page)))

    def _goes_on(self, page: GlobusHTTPResponse, offset: int) -> bool:
        if self.total_key is None:
            return _says_yes(page, self.more_key or "has_next_page")
        total = page.get(self.total_key)
        if not isinstance(total, int):
            raise ReplyFormatError(f"the page does not say how many items there are, under {self.total_key!r}")
        return offset < total

    def __str__(self) -> str:
        return "limit, offset"


def _says_yes(page: GlobusHTTPResponse, key: str) -> bool:
    """What a page says about whether there is another one.

    :raises ReplyFormatError: if it says nothing
    """
    says = page.get(key)
    if says is None:
        raise ReplyFormatError(f"the page does not say whether there is another one, under {key!r}")
    return bool(says)


class NextLink(Paging):
    """Each page has a link to the next one, as text under ``links`` and ``next`` (JSON:API).

    The query of the link replaces the last query. A parameter set to ``None`` is not sent.
    """

    def after(self, asked: Parameters, page: GlobusHTTPResponse) -> Parameters | None:
        """See :meth:`Paging.after`."""
        links = page.get("links")
        link = links.get("next") if isinstance(links, dict) else None
        if link is None:
            return None
        if not isinstance(link, str):
            raise ReplyFormatError("the page's link to the next one is not text")
        query = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        if all(asked.get(name) == value for name, value in query.items()):
            raise ReplyFormatError("the page's link to the next one leads to itself; paging would never end")
        return {**dict.fromkeys(asked), **query}

    def __str__(self) -> str:
        return "link"


class PageRequests:
    """Makes the requests for the pages of one list.

    :ivar more: whether there is another page
    """

    def __init__(self, plan: Plan, paging: Paging, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._plan = plan
        self._paging = paging
        self._client = client
        self._url, query, fields, self._document = plan.parts(client, args, kwargs)
        # An iterator among the arguments is needed for every page, not only for the first.
        self._query = {name: list(value) if isinstance(value, Iterator) else value for name, value in query.items()}
        self._fields = fields
        document = {} if self._document is MISSING else self._document
        asked = self._query if paging.location == "query" else {**document, **fields}
        self._asked: dict[str, Any] = {name: value for name, value in asked.items() if value is not MISSING}
        self.more = True
        self._count = 0
        self._landmark: Mapping[str, Any] | None = None
        self._set(paging.first(self._asked))

    def request(self) -> Request:
        """The request for the next page."""
        return self._plan.build((self._url, self._query, self._fields, self._document))

    def take(self, response: Response) -> Any:
        """The route's reply for a page, and the preparation of the next request.

        :raises ReplyFormatError: if the page does not say how the list goes on
        """
        page = self._plan.reply(response, self._client)
        if not isinstance(page.data, dict):
            # Treating it as the last page would lose the rest of the list.
            raise ReplyFormatError("a page of the list is no JSON object, so it does not say how the list goes on")
        following = self._paging.after(self._asked, page)
        self.more = following is not None
        if following is not None:
            self._check_that_it_ends(following)
            self._set(following)
        return page

    def _check_that_it_ends(self, following: Mapping[str, Any]) -> None:
        # Brent's algorithm finds a cycle of any length with one landmark, which moves at pages 1, 2, 4, 8 and so on.
        if following == self._landmark:
            raise ReplyFormatError("the service leads back to a page that was fetched already; paging would never end")
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._landmark = following

    def _set(self, parameters: Mapping[str, Any]) -> None:
        self._asked = {**self._asked, **parameters}
        if self._paging.location == "query":
            self._query = {**self._query, **parameters}
        else:
            self._fields = {**self._fields, **parameters}


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).isdecimal():
        raise GlobusSDKUsageError(f"{name}={value!r}: paging needs a number that is not negative")
    return int(value)
