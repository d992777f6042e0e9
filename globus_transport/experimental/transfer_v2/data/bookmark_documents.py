"""The documents of bookmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.routing.field_checks import check_id, check_optional_texts
from globus_transport.routing.parameters import UUIDLike
from globus_transport.routing.payload import GlobusPayload


class BookmarkCreateDocument(GlobusPayload):
    """A new bookmark: a name for a folder of a collection.

    :param collection: the id of the collection
    :param name: the name of the bookmark, which the user has no other bookmark of
    :param path: the path of the folder
    :param additional_fields: further attributes of the bookmark
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self, collection: UUIDLike, name: str, path: str, *, additional_fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self["data"] = {
            "type": "Bookmark",
            "attributes": _make_attributes(name, path, additional_fields),
            "relationships": {"collection": {"data": {"type": "Collection", "id": check_id("collection", collection)}}},
        }


class BookmarkUpdateDocument(GlobusPayload):
    """What is new in a bookmark.

    :param name: the name of the bookmark
    :param path: the path of the folder
    :param additional_fields: further attributes of the bookmark
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(self, name: str, path: str, *, additional_fields: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self["data"] = {"type": "Bookmark", "attributes": _make_attributes(name, path, additional_fields)}


def _make_attributes(name: str, path: str, additional_fields: Mapping[str, Any] | None) -> GlobusPayload:
    attributes = GlobusPayload()
    attributes._set_given(check_optional_texts(name=name, path=path), additional_fields)
    return attributes
