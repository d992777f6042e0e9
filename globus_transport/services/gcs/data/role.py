"""The document of a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.routing.field_checks import check_optional_id, check_optional_texts
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.services.gcs.data.document import GCSDocument


class GCSRoleDocument(GCSDocument):
    """A role of a user or a group on a collection or on the endpoint.

    :param DATA_TYPE: the type and version of the document
    :param collection: the id of the collection; without it, the role is on the endpoint
    :param principal: who has the role, as the URN of an identity or a group:
        ``urn:globus:auth:identity:{id}`` or ``urn:globus:groups:id:{id}``
    :param role: the role, such as ``"administrator"``, ``"access_manager"``, ``"activity_manager"`` or
        ``"activity_monitor"``
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        DATA_TYPE: str = "role#1.0.0",
        collection: Maybe[UUIDLike] = MISSING,
        principal: Maybe[str] = MISSING,
        role: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                "collection": check_optional_id("collection", collection),
                **check_optional_texts(DATA_TYPE=DATA_TYPE, principal=principal, role=role),
            },
            additional_fields,
        )
