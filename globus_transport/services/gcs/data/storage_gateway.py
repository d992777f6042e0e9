"""The document of a storage gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from globus_transport.routing.field_checks import (
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.services.gcs.data.document import Texts, Version, VersionedDocument, listed


class StorageGatewayDocument(VersionedDocument):
    """A storage gateway: a storage system, who may use it, and which of its accounts an identity is mapped to.

    :param DATA_TYPE: the type and version of the document; by default the lowest version that has the given fields
    :param display_name: the name of the gateway
    :param connector_id: the id of the connector for the storage system; see :class:`ConnectorTable`
    :param root: the folder that is the root of the gateway's collections
    :param identity_mappings: how identities are mapped to accounts: documents of expressions or of external programs
    :param policies: the settings of the connector, such as :class:`POSIXStoragePolicies`
    :param allowed_domains: the domains whose identities may use the gateway
    :param high_assurance: whether the gateway is for protected data
    :param require_mfa: whether users must log in with multi-factor authentication; for high assurance only
    :param authentication_timeout_mins: how long ago a user may have logged in, in minutes
    :param users_allow: the accounts that may use the gateway
    :param users_deny: the accounts that may not use it
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    DATATYPE_BASE: ClassVar[str] = "storage_gateway"
    DATATYPE_VERSION_IMPLICATIONS: ClassVar[Mapping[str, Version]] = {"require_mfa": (1, 1, 0)}

    def __init__(
        self,
        DATA_TYPE: Maybe[str] = MISSING,
        display_name: Maybe[str] = MISSING,
        connector_id: Maybe[UUIDLike] = MISSING,
        root: Maybe[str] = MISSING,
        identity_mappings: Maybe[Iterable[Mapping[str, Any]]] = MISSING,
        policies: Maybe[Mapping[str, Any]] = MISSING,
        allowed_domains: Texts = MISSING,
        high_assurance: Maybe[bool] = MISSING,
        require_mfa: Maybe[bool] = MISSING,
        authentication_timeout_mins: Maybe[int] = MISSING,
        users_allow: Texts = MISSING,
        users_deny: Texts = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, display_name=display_name, root=root),
                "connector_id": check_optional_id("connector_id", connector_id),
                "policies": policies,
                **check_optional_bools(high_assurance=high_assurance, require_mfa=require_mfa),
                **check_optional_ints(authentication_timeout_mins=authentication_timeout_mins),
                **listed(
                    identity_mappings=identity_mappings,
                    allowed_domains=allowed_domains,
                    users_allow=users_allow,
                    users_deny=users_deny,
                ),
            },
            additional_fields,
        )
        self._set_data_type()
