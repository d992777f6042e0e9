"""The document of a delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload
from globus_transport.services.transfer.data.field_checks import (
    check_id,
    check_optional_bools,
    check_optional_id,
    check_optional_texts,
    check_path,
    format_deadline,
)


class DeleteData(GlobusPayload):
    """A delete to submit: where, and which items.

    :param endpoint: id of the collection
    :param label: the task's name
    :param submission_id: what makes a second submit the same task; fetched by ``submit_delete`` if it is missing
    :param recursive: also folders with what is in them
    :param ignore_missing: what is not there is no error
    :param interpret_globs: ``*``, ``?`` and ``[]`` in the last part of a path are a pattern
    :param deadline: when the task is given up
    :param notify_on_succeeded, notify_on_failed, notify_on_inactive: whether to send mail
    :param local_user: the user on the collection, where it needs one
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if something is of a wrong type; the text names it
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

        :param path: on the collection
        :raises GlobusSDKUsageError: if it is empty or not text
        """
        item = GlobusPayload()
        item._set_given({"DATA_TYPE": "delete_item", "path": check_path("path", path)}, additional_fields)
        self["DATA"].append(item)

    def iter_items(self) -> Iterator[dict[str, Any]]:
        """The items, as documents."""
        yield from self["DATA"]
