"""The document of a transfer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.missing import MISSING
from globus_transport.payload import GlobusPayload
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.services.transfer.data.items import deadline_text, id_text, optional_id, path_text

_SYNC_LEVELS = {"exists": 0, "size": 1, "mtime": 2, "checksum": 3}


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
    :raises GlobusSDKUsageError: if something is no id, or no sync level
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
                "source_endpoint": id_text("source_endpoint", source_endpoint),
                "destination_endpoint": id_text("destination_endpoint", destination_endpoint),
                "label": label,
                "submission_id": optional_id("submission_id", submission_id),
                "deadline": deadline_text(deadline),
                "source_local_user": source_local_user,
                "destination_local_user": destination_local_user,
                "verify_checksum": verify_checksum,
                "preserve_timestamp": preserve_timestamp,
                "encrypt_data": encrypt_data,
                "skip_source_errors": skip_source_errors,
                "fail_on_quota_errors": fail_on_quota_errors,
                "delete_destination_extra": delete_destination_extra,
                "notify_on_succeeded": notify_on_succeeded,
                "notify_on_failed": notify_on_failed,
                "notify_on_inactive": notify_on_inactive,
                "sync_level": _sync_level(sync_level),
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
        :raises GlobusSDKUsageError: if a path is empty or not text
        """
        item = GlobusPayload()
        item._set_given(
            {
                "DATA_TYPE": "transfer_item",
                "source_path": path_text("source_path", source_path),
                "destination_path": path_text("destination_path", destination_path),
                "recursive": recursive,
                "external_checksum": external_checksum,
                "checksum_algorithm": checksum_algorithm,
            },
            additional_fields,
        )
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
        :param type: only files, or only folders
        """
        rule = GlobusPayload()
        rule._set_given({"DATA_TYPE": "filter_rule", "method": method, "name": name, "type": type})
        self.setdefault("filter_rules", []).append(rule)

    def iter_items(self) -> Iterator[dict[str, Any]]:
        """The items, as documents."""
        yield from self["DATA"]


def _sync_level(level: Maybe[int | str]) -> Maybe[int]:
    if not isinstance(level, str):
        return level
    if level not in _SYNC_LEVELS:
        raise GlobusSDKUsageError(f"sync_level: expected {', '.join(_SYNC_LEVELS)} or a number, got {level!r}")
    return _SYNC_LEVELS[level]
