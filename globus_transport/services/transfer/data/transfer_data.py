"""The document of a transfer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload, checked_fields
from globus_transport.services.transfer.data.field_checks import (
    check_id,
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
    check_path,
    format_deadline,
)

_SYNC_LEVELS = {"exists": 0, "size": 1, "mtime": 2, "checksum": 3}


class _Item:
    """What an item is made by. The ``vars()`` of objects of one class are dicts that share one table of keys.

    They take half the memory of dicts that are written as such.
    """

    def __init__(self, source_path: str, destination_path: str) -> None:
        self.DATA_TYPE = "transfer_item"
        self.source_path = source_path
        self.destination_path = destination_path


class TransferData(GlobusPayload):
    """A transfer to submit: where from, where to, and which items.

    :param source_endpoint: id of the collection that is read
    :param destination_endpoint: id of the collection that is written
    :param label: the task's name
    :param submission_id: what makes a second submit the same task; fetched by ``submit_transfer`` if it is missing
    :param sync_level: skip what is there already, compared by this: ``"exists"``, ``"size"``, ``"mtime"`` or
        ``"checksum"``, or their numbers 0 to 3
    :param verify_checksum: compare checksums after the copy
    :param preserve_timestamp: keep modification times
    :param encrypt_data: encrypt on the wire
    :param deadline: when the task is given up
    :param skip_source_errors: go on without files that cannot be read
    :param fail_on_quota_errors: give up when the destination is full
    :param delete_destination_extra: remove what is at the destination only
    :param notify_on_succeeded, notify_on_failed, notify_on_inactive: whether to send mail
    :param source_local_user, destination_local_user: the user on the collection, where it needs one
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if something is of a wrong type, or no sync level; the text names it
    """

    def __init__(
        self,
        source_endpoint: UUIDLike,
        destination_endpoint: UUIDLike,
        *,
        label: Maybe[str] = MISSING,
        submission_id: Maybe[UUIDLike] = MISSING,
        sync_level: Maybe[int | Literal["exists", "size", "mtime", "checksum"]] = MISSING,
        verify_checksum: Maybe[bool] = MISSING,
        preserve_timestamp: Maybe[bool] = MISSING,
        encrypt_data: Maybe[bool] = MISSING,
        deadline: Maybe[DateLike] = MISSING,
        skip_source_errors: Maybe[bool] = MISSING,
        fail_on_quota_errors: Maybe[bool] = MISSING,
        delete_destination_extra: Maybe[bool] = MISSING,
        notify_on_succeeded: Maybe[bool] = MISSING,
        notify_on_failed: Maybe[bool] = MISSING,
        notify_on_inactive: Maybe[bool] = MISSING,
        source_local_user: Maybe[str] = MISSING,
        destination_local_user: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                "DATA_TYPE": "transfer",
                "DATA": [],
                "source_endpoint": check_id("source_endpoint", source_endpoint),
                "destination_endpoint": check_id("destination_endpoint", destination_endpoint),
                "submission_id": check_optional_id("submission_id", submission_id),
                "deadline": format_deadline(deadline),
                **check_optional_ints(sync_level=_sync_level(sync_level)),
                **check_optional_texts(
                    label=label,
                    source_local_user=source_local_user,
                    destination_local_user=destination_local_user,
                ),
                **check_optional_bools(
                    verify_checksum=verify_checksum,
                    preserve_timestamp=preserve_timestamp,
                    encrypt_data=encrypt_data,
                    skip_source_errors=skip_source_errors,
                    fail_on_quota_errors=fail_on_quota_errors,
                    delete_destination_extra=delete_destination_extra,
                    notify_on_succeeded=notify_on_succeeded,
                    notify_on_failed=notify_on_failed,
                    notify_on_inactive=notify_on_inactive,
                ),
            },
            additional_fields,
        )

    def add_item(
        self,
        source_path: str,
        destination_path: str,
        *,
        recursive: Maybe[bool] = MISSING,
        external_checksum: Maybe[str] = MISSING,
        checksum_algorithm: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a file or folder.

        :param source_path: on the source collection
        :param destination_path: on the destination collection
        :param recursive: ``True`` for a folder
        :param external_checksum: what the file's checksum has to be
        :param checksum_algorithm: what made it
        :raises GlobusSDKUsageError: if a path is empty, or something is of a wrong type
        """
        # Checked in one go: a transfer may have hundreds of thousands of them.
        if type(source_path) is not str or type(destination_path) is not str or not (source_path and destination_path):
            check_path("source_path", source_path)
            check_path("destination_path", destination_path)
        item: dict[str, Any] = vars(_Item(source_path, destination_path))
        if recursive is not MISSING:
            item.update(check_optional_bools(recursive=recursive))
        if external_checksum is not MISSING:
            item.update(check_optional_texts(external_checksum=external_checksum))
        if checksum_algorithm is not MISSING:
            item.update(check_optional_texts(checksum_algorithm=checksum_algorithm))
        if additional_fields is not None:
            item.update(checked_fields("TransferData.add_item", additional_fields))
        self["DATA"].append(item)

    def add_filter_rule(
        self,
        name: str,
        *,
        method: Literal["include", "exclude"] = "exclude",
        type: Maybe[Literal["file", "dir"]] = MISSING,
    ) -> None:
        """Add a rule on names below the folders that are transferred; the first that fits counts.

        :param name: a pattern with ``*`` and ``?``
        :param method: ``"include"`` or ``"exclude"``
        :param type: only files (``"file"``), or only folders (``"dir"``)
        :raises GlobusSDKUsageError: if something is none of these
        """
        if not isinstance(name, str) or not name:
            raise GlobusSDKUsageError(f"name: expected the text of a pattern, got {name!r}")
        if method not in ("include", "exclude"):
            raise GlobusSDKUsageError(f"method: expected 'include' or 'exclude', got {method!r}")
        if type not in ("file", "dir", None, MISSING):
            raise GlobusSDKUsageError(f"type: expected 'file' or 'dir', got {type!r}")
        rule = GlobusPayload()
        rule._set_given({"DATA_TYPE": "filter_rule", "method": method, "name": name, "type": type})
        self.setdefault("filter_rules", []).append(rule)

    def iter_items(self) -> Iterator[dict[str, Any]]:
        """The items, as documents."""
        yield from self["DATA"]


def _sync_level(level: Maybe[int | str]) -> Maybe[int | str]:
    if not isinstance(level, str):
        # Also numbers that have no name yet.
        return level
    if level not in _SYNC_LEVELS:
        raise GlobusSDKUsageError(f"sync_level: expected {', '.join(_SYNC_LEVELS)} or a number, got {level!r}")
    return _SYNC_LEVELS[level]
