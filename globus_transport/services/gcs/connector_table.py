"""The connectors of Globus Connect Server, one for each kind of storage system, and their ids."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import ClassVar

import attrs


@attrs.define
class GlobusConnectServerConnector:
    """A connector.

    :ivar name: its name, such as ``"Google Drive"``
    :ivar connector_id: its id, for ``connector_id=`` of a storage gateway or a user credential
    """

    name: str
    connector_id: str


class ConnectorTable:
    """The connectors, as attributes: ``ConnectorTable.GOOGLE_DRIVE.connector_id``."""

    ACTIVESCALE: ClassVar = GlobusConnectServerConnector("ActiveScale", "7251f6c8-93c9-11eb-95ba-12704e0d6a4d")
    AZURE_BLOB: ClassVar = GlobusConnectServerConnector("Azure Blob", "9436da0c-a444-11eb-af93-12704e0d6a4d")
    BLACKPEARL: ClassVar = GlobusConnectServerConnector("BlackPearl", "7e3f3f5e-350c-4717-891a-2f451c24b0d4")
    BOX: ClassVar = GlobusConnectServerConnector("Box", "7c100eae-40fe-11e9-95a3-9cb6d0d9fd63")
    CEPH: ClassVar = GlobusConnectServerConnector("Ceph", "1b6374b0-f6a4-4cf7-a26f-f262d9c6ca72")
    DROPBOX: ClassVar = GlobusConnectServerConnector("Dropbox", "49b00fd6-63f1-48ae-b27f-d8af4589f876")
    GOOGLE_CLOUD_STORAGE: ClassVar = GlobusConnectServerConnector(
        "Google Cloud Storage", "56366b96-ac98-11e9-abac-9cb6d0d9fd63"
    )
    GOOGLE_DRIVE: ClassVar = GlobusConnectServerConnector("Google Drive", "976cf0cf-78c3-4aab-82d2-7c16adbcc281")
    HPSS: ClassVar = GlobusConnectServerConnector("HPSS", "fb656a17-0f69-4e59-95ff-d0a62ca7bdf5")
    IRODS: ClassVar = GlobusConnectServerConnector("iRODS", "e47b6920-ff57-11ea-8aaa-000c297ab3c2")
    POSIX: ClassVar = GlobusConnectServerConnector("POSIX", "145812c8-decc-41f1-83cf-bb2a85a2a70b")
    POSIX_STAGING: ClassVar = GlobusConnectServerConnector("POSIX Staging", "052be037-7dda-4d20-b163-3077314dc3e6")
    ONEDRIVE: ClassVar = GlobusConnectServerConnector("OneDrive", "28ef55da-1f97-11eb-bdfd-12704e0d6a4d")
    S3: ClassVar = GlobusConnectServerConnector("S3", "7643e831-5f6c-4b47-a07f-8ee90f401d23")

    @classmethod
    def all_connectors(cls) -> Iterable[GlobusConnectServerConnector]:
        """All connectors, also those of :meth:`extend`."""
        for base in reversed(cls.__mro__):
            for value in vars(base).values():
                if isinstance(value, GlobusConnectServerConnector):
                    yield value

    @classmethod
    def lookup(cls, name_or_id: uuid.UUID | str) -> GlobusConnectServerConnector | None:
        """Find a connector.

        :param name_or_id: its id, or its name in any case; ``-``, ``_`` and spaces are the same
        :return: the connector, or ``None`` if it is unknown
        """
        wanted = _normalize(str(name_or_id))
        for connector in cls.all_connectors():
            if wanted in (connector.connector_id, _normalize(connector.name)):
                return connector
        return None

    @classmethod
    def extend(
        cls, *, connector_name: str, connector_id: uuid.UUID | str, attribute_name: str | None = None
    ) -> type[ConnectorTable]:
        """Make a table with one more connector.

        :param connector_name: its name
        :param connector_id: its id
        :param attribute_name: its attribute in the table; by default the name in upper case, with ``_`` for spaces
        :return: a subclass of this table
        """
        attribute = connector_name.upper().replace(" ", "_") if attribute_name is None else attribute_name
        connector = GlobusConnectServerConnector(connector_name, str(connector_id))
        return type("ExtendedConnectorTable", (cls,), {attribute: connector})


def _normalize(text: str) -> str:
    return re.sub(r"[_\- ]+", "-", text.strip()).lower()
