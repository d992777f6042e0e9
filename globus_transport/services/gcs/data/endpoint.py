"""The document of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from globus_transport.routing.field_checks import check_optional_bools, check_optional_ints, check_optional_texts
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe
from globus_transport.services.gcs.data.document import Texts, Version, VersionedDocument, listed


class EndpointDocument(VersionedDocument):
    """The settings of an endpoint, for :meth:`GCSClient.update_endpoint`.

    :param data_type: the type and version of the document; by default the lowest version that has the given fields
    :param contact_email: the email address of the endpoint's administrators
    :param contact_info: other information on how to reach them
    :param department: the department that operates the endpoint
    :param description: what the endpoint is for
    :param display_name: the name of the endpoint
    :param info_link: the URL of a page about the endpoint
    :param network_use: how much of the network transfers may use; ``"custom"`` means the four limits below
    :param organization: the organization that operates the endpoint
    :param subscription_id: the id of the subscription that manages the endpoint, or ``"DEFAULT"`` for the caller's only
        subscription; ``None`` removes the endpoint from its subscription
    :param keywords: words that help to find the endpoint
    :param allow_udt: whether transfers may use the protocol UDT
    :param public: whether all users can find the endpoint
    :param max_concurrency: the highest number of files that a transfer sends at the same time; for
        ``network_use="custom"``
    :param max_parallelism: the highest number of data channels of a file; for ``network_use="custom"``
    :param preferred_concurrency: the usual number of files at the same time; for ``network_use="custom"``
    :param preferred_parallelism: the usual number of data channels of a file; for ``network_use="custom"``
    :param gridftp_control_channel_port: the TCP port of the GridFTP control channel; ``None`` means the server's
        default
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    DATATYPE_BASE: ClassVar[str] = "endpoint"
    DATATYPE_VERSION_IMPLICATIONS: ClassVar[Mapping[str, Version]] = {"gridftp_control_channel_port": (1, 1, 0)}

    def __init__(
        self,
        *,
        data_type: Maybe[str] = MISSING,
        contact_email: Maybe[str] = MISSING,
        contact_info: Maybe[str] = MISSING,
        department: Maybe[str] = MISSING,
        description: Maybe[str] = MISSING,
        display_name: Maybe[str] = MISSING,
        info_link: Maybe[str] = MISSING,
        network_use: Maybe[Literal["normal", "minimal", "aggressive", "custom"]] = MISSING,
        organization: Maybe[str] = MISSING,
        subscription_id: Maybe[str | None] = MISSING,
        keywords: Texts = MISSING,
        allow_udt: Maybe[bool] = MISSING,
        public: Maybe[bool] = MISSING,
        max_concurrency: Maybe[int] = MISSING,
        max_parallelism: Maybe[int] = MISSING,
        preferred_concurrency: Maybe[int] = MISSING,
        preferred_parallelism: Maybe[int] = MISSING,
        gridftp_control_channel_port: Maybe[int | None] = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=data_type,
                    contact_email=contact_email,
                    contact_info=contact_info,
                    department=department,
                    description=description,
                    display_name=display_name,
                    info_link=info_link,
                    network_use=network_use,
                    organization=organization,
                    subscription_id=subscription_id,
                ),
                **listed(keywords=keywords),
                **check_optional_bools(allow_udt=allow_udt, public=public),
                **check_optional_ints(
                    max_concurrency=max_concurrency,
                    max_parallelism=max_parallelism,
                    preferred_concurrency=preferred_concurrency,
                    preferred_parallelism=preferred_parallelism,
                    gridftp_control_channel_port=gridftp_control_channel_port,
                ),
            },
            additional_fields,
        )
        self._set_data_type()
