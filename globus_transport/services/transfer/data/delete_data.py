"""The document of a delete task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from globus_transport.routing.field_checks import (
    check_id,
    check_optional_bools,
    check_optional_id,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload
from globus_transport.services.transfer.data.field_checks import check_path, format_deadline


class DeleteData(GlobusPayload):
    """A delete task: the collection, and the items to delete.

    :param endpoint: the id of the collection
    :param label: the name of the task
    :param submission_id: prevents a second task if the document is submitted again; by default ``submit_delete``
        fetches one
    :param recursive: whether to delete folders with their contents
    :param ignore_missing: whether to ignore items that do not exist
    :param interpret_globs: whether ``*``, ``?`` and ``[]`` in the last segment of a path are a pattern
    :param deadline: when Transfer cancels the task
    :param notify_on_succeeded, notify_on_failed, notify_on_inactive: whether to send an email
    :param local_user: the local account on the collection, if the collection requires one
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        endpoint: UUIDLike,
        *,
        label: Maybe[str] = MISSING,
        submission_id: Maybe[UUIDLike] = MISSING,
        recursive: Maybe[bool] = MISSING,
        ignore_missing: Maybe[bool] = MISSING,
        interpret_globs: Maybe[bool] = MISSING,
        deadline: Maybe[DateLike] = MISSING,
        notify_on_succeeded: Maybe[bool] = MISSING,
        notify_on_failed: Maybe[bool] = MISSING,
        notify_on_inactive: Maybe[bool] = MISSING,
        local_user: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                "DATA_TYPE": "delete",
                "DATA": [],
                "endpoint": check_id("endpoint", endpoint),
                "submission_id": check_optional_id("submission_id", submission_id),
                "deadline": format_deadline(deadline),
                **check_optional_texts(label=label, local_user=local_user),
                **check_optional_bools(
                    recursive=recursive,
                    ignore_missing=ignore_missing,
                    interpret_globs=interpret_globs,
                    notify_on_succeeded=notify_on_succeeded,
                    notify_on_failed=notify_on_failed,
                    notify_on_inactive=notify_on_inactive,
                ),
            },
            additional_fields,
        )

    def add_item(self, path: str, *, additional_fields: Mapping[str, Any] | None = None) -> None:
        """Add a file or folder.

        :param path: its path on the collection
        :raises GlobusSDKUsageError: if ``path`` is empty or not text
        """
        item = GlobusPayload()
        item._set_given({"DATA_TYPE": "delete_item", "path": check_path("path", path)}, additional_fields)
        self["DATA"].append(item)

    def iter_items(self) -> Iterator[dict[str, Any]]:
        """Iterate over the items, as documents."""
        yield from self["DATA"]
