"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.gcs.async_client import AsyncGCSClient as AsyncGCSClient
from globus_transport.services.gcs.client import GCSClient as GCSClient
from globus_transport.services.gcs.collection_client import AsyncGCSCollectionClient as AsyncGCSCollectionClient
from globus_transport.services.gcs.collection_client import GCSCollectionClient as GCSCollectionClient
from globus_transport.services.gcs.connector_table import ConnectorTable as ConnectorTable
from globus_transport.services.gcs.connector_table import GlobusConnectServerConnector as GlobusConnectServerConnector
from globus_transport.services.gcs.data.collection import CollectionDocument as CollectionDocument
from globus_transport.services.gcs.data.collection import GuestCollectionDocument as GuestCollectionDocument
from globus_transport.services.gcs.data.collection import MappedCollectionDocument as MappedCollectionDocument
from globus_transport.services.gcs.data.collection_policies import CollectionPolicies as CollectionPolicies
from globus_transport.services.gcs.data.collection_policies import (
    GoogleCloudStorageCollectionPolicies as GoogleCloudStorageCollectionPolicies,
)
from globus_transport.services.gcs.data.collection_policies import POSIXCollectionPolicies as POSIXCollectionPolicies
from globus_transport.services.gcs.data.collection_policies import (
    POSIXStagingCollectionPolicies as POSIXStagingCollectionPolicies,
)
from globus_transport.services.gcs.data.endpoint import EndpointDocument as EndpointDocument
from globus_transport.services.gcs.data.role import GCSRoleDocument as GCSRoleDocument
from globus_transport.services.gcs.data.storage_gateway import StorageGatewayDocument as StorageGatewayDocument
from globus_transport.services.gcs.data.storage_policies import ActiveScaleStoragePolicies as ActiveScaleStoragePolicies
from globus_transport.services.gcs.data.storage_policies import AzureBlobStoragePolicies as AzureBlobStoragePolicies
from globus_transport.services.gcs.data.storage_policies import BlackPearlStoragePolicies as BlackPearlStoragePolicies
from globus_transport.services.gcs.data.storage_policies import BoxStoragePolicies as BoxStoragePolicies
from globus_transport.services.gcs.data.storage_policies import CephStoragePolicies as CephStoragePolicies
from globus_transport.services.gcs.data.storage_policies import GoogleCloudStoragePolicies as GoogleCloudStoragePolicies
from globus_transport.services.gcs.data.storage_policies import GoogleDriveStoragePolicies as GoogleDriveStoragePolicies
from globus_transport.services.gcs.data.storage_policies import HPSSStoragePolicies as HPSSStoragePolicies
from globus_transport.services.gcs.data.storage_policies import IrodsStoragePolicies as IrodsStoragePolicies
from globus_transport.services.gcs.data.storage_policies import OneDriveStoragePolicies as OneDriveStoragePolicies
from globus_transport.services.gcs.data.storage_policies import (
    POSIXStagingStoragePolicies as POSIXStagingStoragePolicies,
)
from globus_transport.services.gcs.data.storage_policies import POSIXStoragePolicies as POSIXStoragePolicies
from globus_transport.services.gcs.data.storage_policies import S3StoragePolicies as S3StoragePolicies
from globus_transport.services.gcs.data.storage_policies import StorageGatewayPolicies as StorageGatewayPolicies
from globus_transport.services.gcs.data.user_credential import UserCredentialDocument as UserCredentialDocument
from globus_transport.services.gcs.downloader import AsyncGCSDownloader as AsyncGCSDownloader
from globus_transport.services.gcs.downloader import GCSDownloader as GCSDownloader
from globus_transport.services.gcs.downloader import UnknownCollectionError as UnknownCollectionError
from globus_transport.services.gcs.errors import GCSAPIError as GCSAPIError
from globus_transport.services.gcs.response import IterableGCSResponse as IterableGCSResponse
from globus_transport.services.gcs.response import UnpackingGCSResponse as UnpackingGCSResponse
