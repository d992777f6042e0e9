"""Replies of Globus Connect Server.

The server wraps what it sends in a result document: ``code``, ``message`` and so on, and under ``data`` a list of the
requested documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Response
from globus_transport.http.response_like import ResponseLike
from globus_transport.routing.replies import GlobusHTTPResponse, IterableResponse

#: Says whether a document in the list is the one to unpack.
Match = Callable[[dict[str, Any]], bool]

_match_name = re.compile(r"\w+").fullmatch


class IterableGCSResponse(IterableResponse):
    """A page of a list of documents. Iterating over the reply yields them."""

    default_iter_key = "data"


class UnpackingGCSResponse(GlobusHTTPResponse):
    """A reply about one document, which is indexed like that document: ``reply["display_name"]``.

    It is the first document under ``data`` that matches. If there is none, as in the reply to most updates, the reply
    is indexed like the whole result document.

    :param match: the name in the document's ``DATA_TYPE``, such as ``"collection"``; or a function that takes a
        document and returns whether it matches
    :raises GlobusSDKUsageError: if ``match`` is a text with other characters than letters, digits and underscores
    """

    def __init__(
        self,
        response: Response | GlobusHTTPResponse | ResponseLike,
        match: str | Match,
        client: Any = None,
    ) -> None:
        super().__init__(response, client)
        if not callable(match) and (not isinstance(match, str) or not _match_name(match)):
            raise GlobusSDKUsageError(f"match: expected the name of a DATA_TYPE or a function, got {match!r}")
        self._match = match
        self._unpacked: Any = None

    @property
    def full_data(self) -> Any:
        """The whole result document; ``None`` if the body is empty or of another kind.

        :raises ReplyFormatError: if the body says that it is JSON, but is not
        """
        return super().data

    @property
    def data(self) -> Any:
        """The document; the whole result document if it has none that matches."""
        if self._unpacked is None:
            full_data = self.full_data
            self._unpacked = next(filter(self._matches, _documents(full_data)), full_data)
        return self._unpacked

    def _matches(self, document: dict[str, Any]) -> bool:
        if callable(self._match):
            return self._match(document)
        name, separator, _version = str(document.get("DATA_TYPE")).partition("#")
        return name == self._match and separator == "#"

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_unpacked": None}


def _documents(result: Any) -> list[dict[str, Any]]:
    documents = result.get("data") if isinstance(result, Mapping) else None
    return [value for value in documents if isinstance(value, dict)] if isinstance(documents, list) else []
