"""The documents that clients submit to start a transfer or delete task."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import attrs

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.transfer_errors import bad_request

FindCollection = Callable[[str], Collection]

_T = TypeVar("_T")

#: Of files. Those of SHAKE have no length of their own, so that two checksums could not be compared.
CHECKSUM_ALGORITHMS = {name for name in hashlib.algorithms_guaranteed if not name.startswith("shake_")}


@attrs.frozen
class FilterRule:
    """Includes or excludes the entries of a folder whose names match.

    :ivar name: a pattern
    :ivar type: ``None`` for files and folders
    """

    method: Literal["include", "exclude"]
    name: str
    type: Literal["file", "dir"] | None


@attrs.frozen
class TransferItem:
    """A file or folder to copy.

    :ivar recursive: ``True`` for a folder, ``False`` for a file, ``None`` for either
    """

    source_path: str
    destination_path: str
    recursive: bool | None
    external_checksum: str | None
    checksum_algorithm: str


@attrs.frozen(kw_only=True)
class _Submission:
    submission_id: str
    label: str | None
    deadline: float | None


@attrs.frozen(kw_only=True)
class TransferSubmission(_Submission):
    """A transfer that a client submitted."""

    source: Collection
    destination: Collection
    items: tuple[TransferItem, ...]
    filter_rules: tuple[FilterRule, ...]
    sync_level: int | None
    verify_checksum: bool
    preserve_timestamp: bool
    encrypt_data: bool
    skip_source_errors: bool
    fail_on_quota_errors: bool
    delete_destination_extra: bool


@attrs.frozen(kw_only=True)
class DeleteSubmission(_Submission):
    """A deletion that a client submitted."""

    source: Collection
    paths: tuple[str, ...]
    recursive: bool
    ignore_missing: bool
    interpret_globs: bool


Submission = TransferSubmission | DeleteSubmission


def read_transfer(document: dict[str, Any], find: FindCollection) -> TransferSubmission:
    """Read a ``transfer`` document.

    :param find: finds a collection by its id
    :raises TransferError: if the document is incomplete or malformed
    """
    sync_level = _field(document, "sync_level", int)
    if sync_level is not None and sync_level not in range(4):
        raise bad_request("sync_level must be 0, 1, 2 or 3")
    return TransferSubmission(
        **_common_fields(document),
        source=find(_required(document, "source_endpoint")),
        destination=find(_required(document, "destination_endpoint")),
        items=tuple(_transfer_item(item) for item in _items(document, "NoTransferItems")),
        filter_rules=tuple(_filter_rule(rule) for rule in _documents(document, "filter_rules")),
        sync_level=sync_level,
        verify_checksum=_flag(document, "verify_checksum"),
        preserve_timestamp=_flag(document, "preserve_timestamp"),
        encrypt_data=_flag(document, "encrypt_data"),
        skip_source_errors=_flag(document, "skip_source_errors"),
        fail_on_quota_errors=_flag(document, "fail_on_quota_errors"),
        delete_destination_extra=_flag(document, "delete_destination_extra"),
    )


def read_delete(document: dict[str, Any], find: FindCollection) -> DeleteSubmission:
    """Read a ``delete`` document.

    :param find: finds a collection by its id
    :raises TransferError: if the document is incomplete or malformed
    """
    return DeleteSubmission(
        **_common_fields(document),
        source=find(_required(document, "endpoint")),
        paths=tuple(_required(item, "path") for item in _items(document, "NoDeleteItems")),
        recursive=_flag(document, "recursive"),
        ignore_missing=_flag(document, "ignore_missing"),
        interpret_globs=_flag(document, "interpret_globs"),
    )


def read_deadline(document: dict[str, Any]) -> float | None:
    """The deadline in a document, in seconds since the epoch; ``None`` if it has none.

    :raises TransferError: if it is not a date
    """
    text = _field(document, "deadline", str)
    if text is None:
        return None
    try:
        return parse_iso_time(text)
    except ValueError as error:
        raise bad_request("deadline is not a date in ISO 8601") from error


def read_label(document: dict[str, Any]) -> str | None:
    """The label in a document; ``None`` if it has none.

    :raises TransferError: if it is not text
    """
    return _field(document, "label", str)


def _common_fields(document: dict[str, Any]) -> dict[str, Any]:
    submission_id = _required(document, "submission_id")
    try:
        submission_id = str(uuid.UUID(submission_id))
    except ValueError as error:
        raise bad_request("submission_id is not a UUID") from error
    return {"submission_id": submission_id, "label": read_label(document), "deadline": read_deadline(document)}


def _transfer_item(item: dict[str, Any]) -> TransferItem:
    checksum, algorithm = _field(item, "external_checksum", str), _field(item, "checksum_algorithm", str) or "md5"
    if checksum and algorithm.lower() not in CHECKSUM_ALGORITHMS:
        raise bad_request(f"Unknown checksum algorithm {algorithm!r}")
    return TransferItem(
        source_path=_required(item, "source_path"),
        destination_path=_required(item, "destination_path"),
        recursive=_field(item, "recursive", bool),
        external_checksum=checksum,
        checksum_algorithm=algorithm.lower(),
    )


def _filter_rule(rule: dict[str, Any]) -> FilterRule:
    method: Any = "exclude" if rule.get("method") is None else rule["method"]
    name, type = _required(rule, "name"), rule.get("type")
    if method not in ("include", "exclude") or type not in ("file", "dir", None):
        raise bad_request("A filter rule needs method include or exclude, and type file or dir or none")
    return FilterRule(method, name, type)


def _items(document: dict[str, Any], code: str) -> list[dict[str, Any]]:
    items = _documents(document, "DATA")
    if not items:
        raise bad_request("DATA has no items", f".{code}")
    return items


def _documents(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[Any] = _field(document, key, list) or []
    if not all(isinstance(entry, dict) for entry in found):
        raise bad_request(f"{key} must be a list of objects")
    return found


def _required(document: dict[str, Any], key: str) -> str:
    found = _field(document, key, str)
    if not found:
        raise bad_request(f"{key} is missing")
    return found


def _flag(document: dict[str, Any], key: str) -> bool:
    return _field(document, key, bool) or False


def _field(document: dict[str, Any], key: str, kind: type[_T]) -> _T | None:
    found = document.get(key)
    if found is not None and (not isinstance(found, kind) or (kind is int and isinstance(found, bool))):
        raise bad_request(f"{key} must be of type {kind.__name__}")
    return found
