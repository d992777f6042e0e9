"""The documents that are sent to Globus Connect Server. ``document`` chooses their version."""

from globus_transport.public_names import lazy_names

_NAMES = {
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
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
