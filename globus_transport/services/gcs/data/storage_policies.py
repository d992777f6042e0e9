"""The settings of storage gateways that depend on the connector.

Each class has the fields of one connector. Several hold secrets, which their repr hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from globus_transport.routing.field_checks import check_optional_bools, check_optional_ints, check_optional_texts
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe
from globus_transport.services.gcs.data.document import GCSDocument, Texts, listed


class StorageGatewayPolicies(GCSDocument):
    """The base of the settings that a storage gateway has for its connector."""


class POSIXStoragePolicies(StorageGatewayPolicies):
    """A POSIX file system.

    :param DATA_TYPE: the type and version of the document
    :param groups_allow: the local groups whose members may use the gateway
    :param groups_deny: the local groups whose members may not use it
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "posix_storage_policies#1.0.0",
        groups_allow: Texts = MISSING,
        groups_deny: Texts = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE),
                **listed(groups_allow=groups_allow, groups_deny=groups_deny),
            },
            additional_fields,
        )


class POSIXStagingStoragePolicies(StorageGatewayPolicies):
    """A file system whose files are staged before a transfer.

    :param DATA_TYPE: the type and version of the document
    :param groups_allow: the local groups whose members may use the gateway
    :param groups_deny: the local groups whose members may not use it
    :param stage_app: the path of the program that stages files
    :param environment: the environment variables of that program, as documents with ``name`` and ``value``
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "posix_staging_storage_policies#1.0.0",
        groups_allow: Texts = MISSING,
        groups_deny: Texts = MISSING,
        stage_app: Maybe[str] = MISSING,
        environment: Maybe[Iterable[Mapping[str, str]]] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, stage_app=stage_app),
                **listed(groups_allow=groups_allow, groups_deny=groups_deny, environment=environment),
            },
            additional_fields,
        )


class BlackPearlStoragePolicies(StorageGatewayPolicies):
    """A BlackPearl system of Spectra Logic.

    :param DATA_TYPE: the type and version of the document
    :param s3_endpoint: the URL of its S3 API
    :param bp_access_id_file: the path of the file that has the keys of the accounts
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "blackpearl_storage_policies#1.0.0",
        s3_endpoint: Maybe[str] = MISSING,
        bp_access_id_file: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=DATA_TYPE, s3_endpoint=s3_endpoint, bp_access_id_file=bp_access_id_file
                ),
            },
            additional_fields,
        )


class BoxStoragePolicies(StorageGatewayPolicies):
    """The service Box.

    :param DATA_TYPE: the type and version of the document
    :param enterpriseID: the id of the enterprise that owns the Box application
    :param boxAppSettings: the settings of the application, as Box provides them
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "box_storage_policies#1.0.0",
        enterpriseID: Maybe[str] = MISSING,
        boxAppSettings: Maybe[Mapping[str, Any]] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, enterpriseID=enterpriseID),
                "boxAppSettings": boxAppSettings,
            },
            additional_fields,
        )


class CephStoragePolicies(StorageGatewayPolicies):
    """A Ceph object store.

    :param DATA_TYPE: the type and version of the document
    :param s3_endpoint: the URL of its S3 API
    :param s3_buckets: the buckets that may be used; without it, all buckets of the user
    :param ceph_admin_key_id: the id of the administrator's key, which finds the keys of users
    :param ceph_admin_secret_key: the secret of that key
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "ceph_storage_policies#1.0.0",
        s3_endpoint: Maybe[str] = MISSING,
        s3_buckets: Texts = MISSING,
        ceph_admin_key_id: Maybe[str] = MISSING,
        ceph_admin_secret_key: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=DATA_TYPE,
                    s3_endpoint=s3_endpoint,
                    ceph_admin_key_id=ceph_admin_key_id,
                    ceph_admin_secret_key=ceph_admin_secret_key,
                ),
                **listed(s3_buckets=s3_buckets),
            },
            additional_fields,
        )


class GoogleDriveStoragePolicies(StorageGatewayPolicies):
    """The service Google Drive.

    :param DATA_TYPE: the type and version of the document
    :param client_id: the id of the client that is registered with Google
    :param secret: the secret of that client
    :param user_api_rate_quota: the rate limit of the client: requests of a user in 100 seconds
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "google_drive_storage_policies#1.0.0",
        client_id: Maybe[str] = MISSING,
        secret: Maybe[str] = MISSING,
        user_api_rate_quota: Maybe[int] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, client_id=client_id, secret=secret),
                **check_optional_ints(user_api_rate_quota=user_api_rate_quota),
            },
            additional_fields,
        )


class GoogleCloudStoragePolicies(StorageGatewayPolicies):
    """The service Google Cloud Storage.

    :param DATA_TYPE: the type and version of the document
    :param client_id: the id of the client that is registered with Google
    :param secret: the secret of that client
    :param service_account_key: the key of a service account, as Google provides it, instead of a client
    :param buckets: the buckets that may be used; without it, all that the user may access
    :param projects: the projects whose buckets may be used
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "google_cloud_storage_policies#1.0.0",
        client_id: Maybe[str] = MISSING,
        secret: Maybe[str] = MISSING,
        service_account_key: Maybe[Mapping[str, Any]] = MISSING,
        buckets: Texts = MISSING,
        projects: Texts = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, client_id=client_id, secret=secret),
                **listed(buckets=buckets, projects=projects),
                "service_account_key": service_account_key,
            },
            additional_fields,
        )


class OneDriveStoragePolicies(StorageGatewayPolicies):
    """The service OneDrive.

    :param DATA_TYPE: the type and version of the document
    :param client_id: the id of the client that is registered with Microsoft
    :param secret: the secret of that client
    :param tenant: the id of the Microsoft tenant whose users may log in
    :param user_api_rate_limit: the rate limit of the client: requests of a user in 10 seconds
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "onedrive_storage_policies#1.0.0",
        client_id: Maybe[str] = MISSING,
        secret: Maybe[str] = MISSING,
        tenant: Maybe[str] = MISSING,
        user_api_rate_limit: Maybe[int] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, client_id=client_id, secret=secret, tenant=tenant),
                **check_optional_ints(user_api_rate_limit=user_api_rate_limit),
            },
            additional_fields,
        )


class AzureBlobStoragePolicies(StorageGatewayPolicies):
    """The service Azure Blob.

    :param DATA_TYPE: the type and version of the document
    :param client_id: the id of the client that is registered with Microsoft
    :param secret: the secret of that client
    :param tenant: the id of the Microsoft tenant whose users may log in
    :param account: the name of the storage account
    :param auth_type: how to log in to Azure: ``"user"`` for each user's account, ``"service_principal"`` for the
        client
    :param adls: whether the account has the hierarchical namespace of Azure Data Lake
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "azure_blob_storage_policies#1.0.0",
        client_id: Maybe[str] = MISSING,
        secret: Maybe[str] = MISSING,
        tenant: Maybe[str] = MISSING,
        account: Maybe[str] = MISSING,
        auth_type: Maybe[str] = MISSING,
        adls: Maybe[bool] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=DATA_TYPE,
                    client_id=client_id,
                    secret=secret,
                    tenant=tenant,
                    account=account,
                    auth_type=auth_type,
                ),
                **check_optional_bools(adls=adls),
            },
            additional_fields,
        )


class S3StoragePolicies(StorageGatewayPolicies):
    """An S3 object store.

    :param DATA_TYPE: the type and version of the document
    :param s3_endpoint: the URL of the S3 API
    :param s3_buckets: the buckets that may be used; without it, all buckets of the user
    :param s3_user_credential_required: whether each user registers a key; if not, only public buckets can be read
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "s3_storage_policies#1.0.0",
        s3_endpoint: Maybe[str] = MISSING,
        s3_buckets: Texts = MISSING,
        s3_user_credential_required: Maybe[bool] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(DATA_TYPE=DATA_TYPE, s3_endpoint=s3_endpoint),
                **check_optional_bools(s3_user_credential_required=s3_user_credential_required),
                **listed(s3_buckets=s3_buckets),
            },
            additional_fields,
        )


class ActiveScaleStoragePolicies(S3StoragePolicies):
    """An ActiveScale object store. It has the fields and the document type of an S3 object store."""


class IrodsStoragePolicies(StorageGatewayPolicies):
    """An iRODS server.

    :param DATA_TYPE: the type and version of the document
    :param irods_environment_file: the path of the iRODS environment file
    :param irods_authentication_file: the path of the iRODS authentication file
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "irods_storage_policies#1.0.0",
        irods_environment_file: Maybe[str] = MISSING,
        irods_authentication_file: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=DATA_TYPE,
                    irods_environment_file=irods_environment_file,
                    irods_authentication_file=irods_authentication_file,
                ),
            },
            additional_fields,
        )


class HPSSStoragePolicies(StorageGatewayPolicies):
    """An HPSS archive.

    :param DATA_TYPE: the type and version of the document
    :param authentication_mech: how the gateway authenticates to HPSS
    :param authenticator: the credential for that, such as ``auth_keytab:`` and a path
    :param uda_checksum_support: whether checksums are stored in user-defined attributes of files
    :param additional_fields: further fields of the document
    """

    def __init__(
        self,
        DATA_TYPE: str = "hpss_storage_policies#1.0.0",
        authentication_mech: Maybe[str] = MISSING,
        authenticator: Maybe[str] = MISSING,
        uda_checksum_support: Maybe[bool] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_fields(
            {
                **check_optional_texts(
                    DATA_TYPE=DATA_TYPE, authentication_mech=authentication_mech, authenticator=authenticator
                ),
                **check_optional_bools(uda_checksum_support=uda_checksum_support),
            },
            additional_fields,
        )
