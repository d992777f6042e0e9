"""The documents of Transfer: what is in them, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import MISSING, CreateTunnelData, DeleteData, GlobusSDKUsageError, TransferData
from globus_transport.routing.json_body import encode_json
from tests.wire.both_packages import as_sent

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")

_TEXTS = ("label", "source_local_user", "destination_local_user")
_SWITCHES = (
    "verify_checksum",
    "preserve_timestamp",
    "encrypt_data",
    "skip_source_errors",
    "fail_on_quota_errors",
    "delete_destination_extra",
    "notify_on_succeeded",
    "notify_on_failed",
    "notify_on_inactive",
)
_DELETE_SWITCHES = ("recursive", "ignore_missing", "interpret_globs", *_SWITCHES[-3:])


def _transfer(**fields: Any) -> TransferData:
    return TransferData(**{"source_endpoint": "a", "destination_endpoint": "b", **fields})


def _delete(**fields: Any) -> DeleteData:
    return DeleteData(**{"endpoint": "a", **fields})


def _tunnel(**fields: Any) -> CreateTunnelData:
    return CreateTunnelData(**{"initiator_stream_access_point": "a", "listener_stream_access_point": "b", **fields})


def _item(**fields: Any) -> None:
    _transfer().add_item(**{"source_path": "/a", "destination_path": "/b", **fields})


def _rule(**fields: Any) -> None:
    _transfer().add_filter_rule(**{"name": "*", **fields})


def _delete_item(**fields: Any) -> None:
    _delete().add_item(**{"path": "/a", **fields})


def _each(make: Callable[..., Any], names: Iterable[str], *values: Any) -> list[tuple[Callable[..., Any], str, Any]]:
    return [(make, name, value) for name in names for value in values]


WRONG = [
    *_each(_transfer, ("source_endpoint", "destination_endpoint"), "", None, 1),
    *_each(_transfer, _TEXTS, 1, b"x", True),
    *_each(_transfer, _SWITCHES, 1, "yes", []),
    *_each(_transfer, ["submission_id"], "", 1),
    *_each(_transfer, ["sync_level"], "Size", "", True, 1.5),
    *_each(_transfer, ["deadline"], 5, b"2031"),
    *_each(_transfer, ["additional_fields"], [], "x"),
    *_each(_delete, ["endpoint"], "", None),
    *_each(_delete, ["label", "local_user", *_DELETE_SWITCHES, "deadline"], 1),
    *_each(_delete, ["submission_id"], "", 1),
    *_each(_delete, ["additional_fields"], []),
    *_each(_tunnel, ["initiator_stream_access_point", "listener_stream_access_point"], "", None),
    *_each(_tunnel, ["lifetime_mins"], "5", 1.5, True),
    *_each(_tunnel, ["label", "restartable", "submission_id", "additional_fields"], 1),
    *_each(_item, ["source_path", "destination_path"], "", None, 1),
    *_each(_item, ["recursive", "external_checksum", "checksum_algorithm", "additional_fields"], 1),
    *_each(_rule, ["name"], "", None, 1),
    *_each(_rule, ["method"], "", "exclusive", None),
    *_each(_rule, ["type"], "", "folder", 1),
    *_each(_delete_item, ["path", "additional_fields"], 1),
]


@pytest.mark.parametrize(("make", "name", "value"), WRONG)
def test_a_wrong_type_is_refused_by_name(make: Callable[..., Any], name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


@pytest.mark.parametrize("make", [_transfer, _delete, _tunnel])
def test_what_is_not_given_is_missing_and_not_sent(make: Callable[..., Any]) -> None:
    document = make(label=MISSING, submission_id=MISSING)
    fields = document.get("data", {}).get("attributes", document)
    assert fields["label"] is fields["submission_id"] is MISSING
    sent = as_sent(document)
    assert not {"label", "submission_id"} & {*sent, *sent.get("data", {}).get("attributes", ())}
    assert "label" not in repr(document)
    assert isinstance(document, dict)


def test_what_is_not_given_of_an_item_and_a_rule() -> None:
    for package in (globus_sdk, globus_transport):
        data: Any = package.TransferData("a", "b")
        data.add_item("/a", "/b")
        data.add_filter_rule("*.txt")
        (item,) = data["DATA"]
        (rule,) = data["filter_rules"]
        assert data["notify_on_failed"] is rule["type"] is package.MISSING
        assert item.get("recursive", package.MISSING) is package.MISSING
    assert item == {"DATA_TYPE": "transfer_item", "source_path": "/a", "destination_path": "/b"}


@pytest.mark.parametrize("name", [*_TEXTS, *_SWITCHES, "deadline", "submission_id", "sync_level"])
def test_null_is_null_as_in_globus_sdk(name: str) -> None:
    given: dict[str, Any] = {name: None}
    ours = _transfer(**given)
    theirs = globus_sdk.TransferData("a", "b", **given)
    assert ours[name] is None
    if name != "deadline":
        assert theirs[name] is None


def test_further_fields_win() -> None:
    assert _transfer(label="x", additional_fields={"label": "y", "new": 1})["label"] == "y"
    assert _tunnel(label="x", additional_fields={"label": "y"})["data"]["attributes"]["label"] == "y"


@pytest.mark.parametrize("package", [globus_sdk, globus_transport])
def test_what_was_added_comes_back(package: Any) -> None:
    transfer = package.TransferData("a", "b")
    transfer.add_item("/1", "/2", recursive=True)
    transfer.add_item("/3", "/4")
    assert [one["source_path"] for one in transfer.iter_items()] == ["/1", "/3"]
    delete = package.DeleteData("a")
    delete.add_item("/5")
    assert [one["path"] for one in delete.iter_items()] == ["/5"]


def test_two_documents_share_nothing() -> None:
    first, second = _transfer(), _transfer()
    first.add_item("/a", "/b")
    first.add_filter_rule("*")
    assert list(second.iter_items()) == []
    assert "filter_rules" not in second


def test_a_tunnel_as_json() -> None:
    body = encode_json(CreateTunnelData(ID, "l", lifetime_mins=5))
    assert body.count(str(ID).encode()) == 1
    assert b'"lifetime_mins":5' in body
