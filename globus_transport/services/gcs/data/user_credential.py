"""The document of a user credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.routing.field_checks import check_optional_id, check_optional_texts
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.services.gcs.data.document import GCSDocument


class UserCredentialDocument(GCSDocument):
    """The credential that a user has for the storage system behind a storage gateway.

    :param DATA_TYPE: the type and version of the document
    :param identity_id: the id of the user's Globus Auth identity
    :param connector_id: the id of the connector; see :class:`ConnectorTable`
    :param username: the user's account on the storage system
    :param display_name: the name of the credential
    :param storage_gateway_id: the id of the storage gateway
    :param policies: what the connector needs, such as keys: a document with its own ``DATA_TYPE``, for example
        ``s3_user_credential_policies#1.0.0`` with ``s3_key_id`` and ``s3_secret_key``
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        DATA_TYPE: str = "user_credential#1.0.0",
        identity_id: Maybe[UUIDLike] = MISSING,
        connector_id: Maybe[UUIDLike] = MISSING,
        username: Maybe[str] = MISSING,
        display_name: Maybe[str] = MISSING,
        storage_gateway_id: Maybe[UUIDLike] = MISSING,
        policies: Maybe[Mapping[str, Any]] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, username=username, display_name=display_name),
                "identity_id": check_optional_id("identity_id", identity_id),
                "connector_id": check_optional_id("connector_id", connector_id),
                "storage_gateway_id": check_optional_id("storage_gateway_id", storage_gateway_id),
                "policies": policies,
            },
            additional_fields,
        )
