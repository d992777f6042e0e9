"""The document of a transfer task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.field_checks import (
    check_id,
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import DateLike, Maybe, UUIDLike
from globus_transport.routing.payload import GlobusPayload, checked_fields
from globus_transport.services.transfer.data.field_checks import check_path, format_deadline

_SYNC_LEVELS = {"exists": 0, "size": 1, "mtime": 2, "checksum": 3}


class _Item:
    """Makes the dict of an item. Dicts from ``vars()`` share their keys and so need less memory (PEP 412).

    A transfer may have hundreds of thousands of items.
    """

    def __init__(self, source_path: str, destination_path: str) -> None:
        self.DATA_TYPE = "transfer_item"
        self.source_path = source_path
        self.destination_path = destination_path


class TransferData(GlobusPayload):
    """A transfer task: the source, the destination, and the items to copy.

    :param source_endpoint: the id of the source collection
    :param destination_endpoint: the id of the destination collection
    :param label: the name of the task
    :param submission_id: prevents a second task if the document is submitted again; by default ``submit_transfer``
        fetches one
    :param sync_level: skip files that are the same at the destination, compared by ``"exists"``, ``"size"``,
        ``"mtime"`` or ``"checksum"``, or their numbers 0 to 3
    :param verify_checksum: whether to compare checksums after the copy
    :param preserve_timestamp: whether to keep modification times
    :param encrypt_data: whether to encrypt the data on the network
    :param deadline: when Transfer cancels the task
    :param skip_source_errors: whether to skip files that cannot be read
    :param fail_on_quota_errors: whether the task fails when the destination's quota is exceeded
    :param delete_destination_extra: whether to delete files that exist only at the destination
    :param notify_on_succeeded, notify_on_failed, notify_on_inactive: whether to send an email
    :param source_local_user, destination_local_user: the local accounts, if the collections require them
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type, or the sync level is unknown; the message names the
        parameter
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
                **check_optional_ints(sync_level=_encode_sync_level(sync_level)),
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

        :param source_path: the path on the source collection
        :param destination_path: the path on the destination collection
        :param recursive: ``True`` for a folder
        :param external_checksum: the expected checksum of the file
        :param checksum_algorithm: the algorithm of ``external_checksum``
        :param additional_fields: further fields of the item
        :raises GlobusSDKUsageError: if a path is empty, or a value has the wrong type
        """
        # One condition for the usual case, because a transfer may have hundreds of thousands of items.
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
        """Add a rule that includes or excludes names in the transferred folders. The first matching rule applies.

        :param name: a pattern with ``*`` and ``?``
        :param method: ``"include"`` or ``"exclude"``
        :param type: limits the rule to files (``"file"``) or to folders (``"dir"``)
        :raises GlobusSDKUsageError: if a value is not one of these
        """
        if not isinstance(name, str) or not name:
            raise GlobusSDKUsageError(f"name: expected the text of a pattern, got {name!r}")
        if method not in ("include", "exclude"):
            raise GlobusSDKUsageError(f"method: expected 'include' or 'exclude', got {method!r}")
        if type not in ("file", "dir", None, MISSING):
            raise GlobusSDKUsageError(f"type: expected 'file' or 'dir', got {type!r}")
        rule = GlobusPayload()
        rule._set_given({"DATA_TYPE": "filter_rule", "method": method, "name": name, "type": type})
        if self.get("filter_rules", MISSING) is MISSING:
            self["filter_rules"] = []
        self["filter_rules"].append(rule)

    def iter_items(self) -> Iterator[dict[str, Any]]:
        """Iterate over the items, as documents."""
        yield from self["DATA"]


def _encode_sync_level(level: Maybe[int | str]) -> Maybe[int | str]:
    if not isinstance(level, str):
        # Any number: the service may add levels that have no name here.
        return level
    if level not in _SYNC_LEVELS:
        raise GlobusSDKUsageError(f"sync_level: expected {', '.join(_SYNC_LEVELS)} or a number, got {level!r}")
    return _SYNC_LEVELS[level]
