"""The settings of collections that depend on the connector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe
from globus_transport.services.gcs.data.document import GCSDocument, TextsOrNone, listed


class CollectionPolicies(GCSDocument):
    """The base of the settings that a mapped collection has for its connector."""


class POSIXCollectionPolicies(CollectionPolicies):
    """A collection on a POSIX file system.

    :param DATA_TYPE: the type and version of the document
    :param sharing_groups_allow: the local groups whose members may create guest collections
    :param sharing_groups_deny: the local groups whose members may not create guest collections
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "posix_collection_policies#1.0.0",
        sharing_groups_allow: TextsOrNone = MISSING,
        sharing_groups_deny: TextsOrNone = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        super().__init__()
        groups = listed(sharing_groups_allow=sharing_groups_allow, sharing_groups_deny=sharing_groups_deny)
        self._set_fields({"DATA_TYPE": DATA_TYPE, **groups}, additional_fields)


class POSIXStagingCollectionPolicies(CollectionPolicies):
    """A collection on a file system whose files are staged before a transfer.

    :param DATA_TYPE: the type and version of the document
    :param sharing_groups_allow: the local groups whose members may create guest collections
    :param sharing_groups_deny: the local groups whose members may not create guest collections
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "posix_staging_collection_policies#1.0.0",
        sharing_groups_allow: TextsOrNone = MISSING,
        sharing_groups_deny: TextsOrNone = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        super().__init__()
        groups = listed(sharing_groups_allow=sharing_groups_allow, sharing_groups_deny=sharing_groups_deny)
        self._set_fields({"DATA_TYPE": DATA_TYPE, **groups}, additional_fields)


class GoogleCloudStorageCollectionPolicies(CollectionPolicies):
    """A collection on Google Cloud Storage.

    :param DATA_TYPE: the type and version of the document
    :param project: the id of the Google Cloud project that the collection uses
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "google_cloud_storage_collection_policies#1.0.0",
        project: Maybe[str] = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        super().__init__()
        self._set_fields({"DATA_TYPE": DATA_TYPE, "project": project}, additional_fields)
