"""The documents of Globus Connect Server: the same fields and versions as in globus-sdk."""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Iterator
from typing import Any

import globus_sdk
import globus_sdk.services.gcs
import pytest

import globus_transport
from globus_transport import (
    MISSING,
    AzureBlobStoragePolicies,
    CephStoragePolicies,
    EndpointDocument,
    GCSRoleDocument,
    GlobusSDKUsageError,
    GuestCollectionDocument,
    MappedCollectionDocument,
    POSIXCollectionPolicies,
    StorageGatewayDocument,
    UserCredentialDocument,
)
from globus_transport.routing.json_body import encode_json
from globus_transport.services.gcs.data.document import VersionedDocument
from tests.wire.both_packages import as_sent

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")

#: Bases, whose objects have no fields of their own.
_BASES = {"CollectionDocument", "CollectionPolicies", "StorageGatewayPolicies"}
DOCUMENTS = [
    name for name in globus_sdk.services.gcs.__all__ if name.endswith(("Document", "Policies")) and name not in _BASES
]


def _value(parameter: inspect.Parameter) -> Any:
    annotation = str(parameter.annotation)
    if parameter.name == "additional_fields":
        return {"more": [1, None], "display_name": "wins"}
    for kind, value in (("bool", True), ("Iterable[dict", [{"a": "b"}]), ("Iterable", ("one", "two")), ("UUID", ID)):
        if kind in annotation:
            return value
    if "dict[" in annotation:
        return {"key": ["ü"]}
    return 7 if "int |" in annotation else "text ü"


def _parameters(name: str) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(getattr(globus_sdk, name).__init__).parameters
    return {key: one for key, one in parameters.items() if key != "self"}


def _sent(document: Any) -> Any:
    given = {key: value for key, value in document.items() if value is not globus_sdk.MISSING}
    return json.loads(encode_json(given))


def _given() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in DOCUMENTS:
        values = {key: _value(one) for key, one in _parameters(name).items()}
        yield name, {}
        yield name, values
        for key, value in values.items():
            yield name, {key: value}
            if "None" in str(_parameters(name)[key].annotation):
                yield name, {key: None}
            if isinstance(value, tuple):
                yield name, {key: "one text"}


@pytest.mark.parametrize(("name", "given"), list(_given()))
def test_a_document(name: str, given: dict[str, Any]) -> None:
    ours, theirs = getattr(globus_transport, name)(**given), getattr(globus_sdk, name)(**given)
    assert _sent(ours) == _sent(theirs)


def test_there_are_all_documents() -> None:
    assert len(DOCUMENTS) == 22
    assert {"CollectionDocument", "ActiveScaleStoragePolicies"} <= {*DOCUMENTS, *_BASES}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_parameters(name: str) -> None:
    theirs = _parameters(name)
    ours = dict(inspect.signature(getattr(globus_transport, name)).parameters)
    assert [(key, one.kind) for key, one in ours.items()] == [(key, one.kind) for key, one in theirs.items()]
    for key in ours:
        default = theirs[key].default
        assert ours[key].default is MISSING if default is globus_sdk.MISSING else ours[key].default == default


@pytest.mark.parametrize("name", ["MappedCollectionDocument", "EndpointDocument", "StorageGatewayDocument"])
def test_the_tables_of_versions(name: str) -> None:
    ours, theirs = getattr(globus_transport, name), getattr(globus_sdk, name)
    assert ours.DATATYPE_BASE == theirs.DATATYPE_BASE
    assert ours.DATATYPE_VERSION_IMPLICATIONS == theirs.DATATYPE_VERSION_IMPLICATIONS


@pytest.mark.parametrize("length", [64, 65])
def test_a_long_message_needs_a_newer_version(length: int) -> None:
    given: dict[str, Any] = {"user_message": "x" * length}
    assert as_sent(MappedCollectionDocument(**given)) == _sent(globus_sdk.MappedCollectionDocument(**given))


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ({}, "1.0.0"),
        ({"display_name": "x"}, "1.0.0"),
        ({"enable_https": None, "force_verify": MISSING}, "1.1.0"),
        ({"force_verify": False, "sharing_users_deny": []}, "1.4.0"),
        # A version is compared by its numbers, not as text.
        ({"acl_expiration_mins": 5, "delete_protected": True}, "1.10.0"),
        ({"additional_fields": {"skip_auto_delete": True}}, "1.13.0"),
        ({"additional_fields": {"skip_auto_delete": MISSING}}, "1.0.0"),
        ({"data_type": "collection#9.0.0", "delete_protected": True}, "9.0.0"),
        ({"additional_fields": {"DATA_TYPE": "collection#2.0.0"}}, "2.0.0"),
    ],
)
def test_the_highest_version_that_a_field_needs(given: dict[str, Any], version: str) -> None:
    assert MappedCollectionDocument(**given)["DATA_TYPE"] == f"collection#{version}"


class _Widget(VersionedDocument):
    DATATYPE_BASE = "widget"
    DATATYPE_VERSION_IMPLICATIONS = {"color": (1, 2, 0), "size": (1, 10, 0)}  # noqa: RUF012
    DATATYPE_VERSION_CALLBACKS = (lambda document: (2, 0, 0) if document.get("size") == "huge" else None,)

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self._set_fields(fields, None)
        self._set_data_type()


def test_a_document_of_ones_own() -> None:
    assert _Widget()["DATA_TYPE"] == "widget#1.0.0"
    assert _Widget(color="red", size="small")["DATA_TYPE"] == "widget#1.10.0"
    assert _Widget(size="huge")["DATA_TYPE"] == "widget#2.0.0"


def test_a_collection_says_its_type() -> None:
    assert MappedCollectionDocument()["collection_type"] == MappedCollectionDocument.collection_type == "mapped"
    assert GuestCollectionDocument()["collection_type"] == GuestCollectionDocument.collection_type == "guest"
    for package in (globus_sdk, globus_transport):
        with pytest.raises(TypeError, match="collection_type"):
            package.CollectionDocument()


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (MappedCollectionDocument, "display_name", 1),
        (MappedCollectionDocument, "public", "yes"),
        (MappedCollectionDocument, "auto_delete_timeout", True),
        (MappedCollectionDocument, "storage_gateway_id", ""),
        (GuestCollectionDocument, "mapped_collection_id", 1),
        (GuestCollectionDocument, "additional_fields", []),
        (EndpointDocument, "max_concurrency", "4"),
        (EndpointDocument, "network_use", True),
        (StorageGatewayDocument, "require_mfa", 1),
        (StorageGatewayDocument, "connector_id", 5),
        (GCSRoleDocument, "principal", ID),
        (UserCredentialDocument, "username", 1),
        (POSIXCollectionPolicies, "additional_fields", "x"),
        (AzureBlobStoragePolicies, "adls", "no"),
    ],
)
def test_a_wrong_type_is_refused_by_name(make: Any, name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


@pytest.mark.parametrize(
    "document",
    [
        CephStoragePolicies(ceph_admin_key_id="id", ceph_admin_secret_key="s3cret"),
        AzureBlobStoragePolicies(secret="s3cret"),
        globus_transport.GoogleCloudStoragePolicies(service_account_key={"private_key": "s3cret"}),
        globus_transport.BoxStoragePolicies(
            boxAppSettings={"boxAppSettings": {"clientSecret": "s3cret", "appAuth": {"privateKey": "s3cret"}}}
        ),
        StorageGatewayDocument(policies={"secret": "s3cret"}),
        UserCredentialDocument(policies={"s3_key_id": "id", "s3_secret_key": "s3cret"}),
    ],
    ids=lambda document: type(document).__name__,
)
def test_secrets_are_sent_and_not_printed(document: Any) -> None:
    assert "s3cret" not in f"{document!r} {document} {[document]}"
    assert b"s3cret" in encode_json(document)


def test_what_was_not_given_is_not_printed() -> None:
    gateway = StorageGatewayDocument(root="/", policies=globus_transport.S3StoragePolicies(s3_buckets=["a"]))
    assert repr(gateway) == (
        "{'DATA_TYPE': 'storage_gateway#1.0.0', 'root': '/', "
        "'policies': {'DATA_TYPE': 's3_storage_policies#1.0.0', 's3_buckets': ['a']}}"
    )
