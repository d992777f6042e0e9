"""Globus Connect Server: the endpoint of a storage system, and its collections.

Reference: docs.globus.org/globus-connect-server/v5/api.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.gcs.async_client": ("AsyncGCSClient",),
    "services.gcs.client": ("GCSClient",),
    "services.gcs.collection_client": ("AsyncGCSCollectionClient", "GCSCollectionClient"),
    "services.gcs.connector_table": ("ConnectorTable", "GlobusConnectServerConnector"),
    "services.gcs.data.collection": ("CollectionDocument", "GuestCollectionDocument", "MappedCollectionDocument"),
    "services.gcs.data.collection_policies": (
        "CollectionPolicies",
        "GoogleCloudStorageCollectionPolicies",
        "POSIXCollectionPolicies",
        "POSIXStagingCollectionPolicies",
    ),
    "services.gcs.data.endpoint": ("EndpointDocument",),
    "services.gcs.data.role": ("GCSRoleDocument",),
    "services.gcs.data.storage_gateway": ("StorageGatewayDocument",),
    "services.gcs.data.storage_policies": (
        "ActiveScaleStoragePolicies",
        "AzureBlobStoragePolicies",
        "BlackPearlStoragePolicies",
        "BoxStoragePolicies",
        "CephStoragePolicies",
        "GoogleCloudStoragePolicies",
        "GoogleDriveStoragePolicies",
        "HPSSStoragePolicies",
        "IrodsStoragePolicies",
        "OneDriveStoragePolicies",
        "POSIXStagingStoragePolicies",
        "POSIXStoragePolicies",
        "S3StoragePolicies",
        "StorageGatewayPolicies",
    ),
    "services.gcs.data.user_credential": ("UserCredentialDocument",),
    "services.gcs.downloader": ("AsyncGCSDownloader", "GCSDownloader", "UnknownCollectionError"),
    "services.gcs.errors": ("GCSAPIError",),
    "services.gcs.response": ("IterableGCSResponse", "UnpackingGCSResponse"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
