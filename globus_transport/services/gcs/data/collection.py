"""The documents of collections: mapped collections, which a storage gateway has, and guest collections in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from globus_transport.routing.field_checks import (
    check_optional_bools,
    check_optional_id,
    check_optional_ints,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike
from globus_transport.services.gcs.data.document import Texts, TextsOrNone, Version, VersionedDocument, listed

_LONGEST_MESSAGE_BEFORE_1_7 = 64


def _version_of_user_message(document: Mapping[str, Any]) -> Version | None:
    message = document.get("user_message")
    return (1, 7, 0) if isinstance(message, str) and len(message) > _LONGEST_MESSAGE_BEFORE_1_7 else None


class CollectionDocument(VersionedDocument):
    """The fields that all collections have. Use :class:`MappedCollectionDocument` or :class:`GuestCollectionDocument`.

    :param data_type: the type and version of the document; by default the lowest version that has the given fields
    :param collection_base_path: the folder that is the root of the collection: a path on the storage system for a
        mapped collection, and on the mapped collection for a guest collection
    :param contact_email: the email address of the collection's administrators
    :param contact_info: other information on how to reach them
    :param default_directory: the folder that a user sees first
    :param department: the department that operates the collection
    :param description: what the collection is for
    :param display_name: the name of the collection
    :param identity_id: the id of the identity that owns the collection
    :param info_link: the URL of a page about the collection
    :param organization: the organization that operates the collection
    :param restrict_transfers_to_high_assurance: which transfers need a high assurance collection at the other end
    :param user_message: a message for users who visit the collection; more than 64 characters need version 1.7.0
    :param user_message_link: the URL of a page with more than the message
    :param keywords: words that help to find the collection
    :param disable_verify: whether to allow transfers that do not compare checksums
    :param enable_https: whether files can be read and written by HTTPS
    :param force_encryption: whether all transfers are encrypted
    :param force_verify: whether all transfers compare checksums
    :param public: whether all users can find the collection
    :param acl_expiration_mins: how long access rules of high assurance guest collections are valid, in minutes
    :param associated_flow_policy: the flow that belongs to the collection, as a document
    :param additional_fields: further fields of the document
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    DATATYPE_BASE: ClassVar[str] = "collection"
    DATATYPE_VERSION_IMPLICATIONS: ClassVar[Mapping[str, Version]] = {
        "enable_https": (1, 1, 0),
        "user_message": (1, 1, 0),
        "user_message_link": (1, 1, 0),
        "sharing_users_allow": (1, 2, 0),
        "sharing_users_deny": (1, 2, 0),
        "force_verify": (1, 4, 0),
        "disable_anonymous_writes": (1, 5, 0),
        "guest_auth_policy_id": (1, 6, 0),
        "delete_protected": (1, 8, 0),
        "acl_expiration_mins": (1, 10, 0),
        "restrict_transfers_to_high_assurance": (1, 12, 0),
        "auto_delete_timeout": (1, 13, 0),
        "skip_auto_delete": (1, 13, 0),
        "activity_notification_policy": (1, 14, 0),
        "associated_flow_policy": (1, 15, 0),
    }
    DATATYPE_VERSION_CALLBACKS = (_version_of_user_message,)

    #: ``"mapped"`` or ``"guest"``.
    collection_type: ClassVar[str]

    def __init__(
        self,
        *,
        data_type: Maybe[str] = MISSING,
        collection_base_path: Maybe[str] = MISSING,
        contact_email: Maybe[str | None] = MISSING,
        contact_info: Maybe[str | None] = MISSING,
        default_directory: Maybe[str] = MISSING,
        department: Maybe[str | None] = MISSING,
        description: Maybe[str | None] = MISSING,
        display_name: Maybe[str] = MISSING,
        identity_id: Maybe[UUIDLike] = MISSING,
        info_link: Maybe[str | None] = MISSING,
        organization: Maybe[str] = MISSING,
        restrict_transfers_to_high_assurance: Maybe[Literal["inbound", "outbound", "all"]] = MISSING,
        user_message: Maybe[str | None] = MISSING,
        user_message_link: Maybe[str | None] = MISSING,
        keywords: Texts = MISSING,
        disable_verify: Maybe[bool] = MISSING,
        enable_https: Maybe[bool] = MISSING,
        force_encryption: Maybe[bool] = MISSING,
        force_verify: Maybe[bool] = MISSING,
        public: Maybe[bool] = MISSING,
        acl_expiration_mins: Maybe[int] = MISSING,
        associated_flow_policy: Maybe[Mapping[str, Any]] = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        if not hasattr(self, "collection_type"):
            raise TypeError(f"{type(self).__name__} has no collection_type; use Mapped- or GuestCollectionDocument")
        super().__init__()
        self._set_fields(
            {
                "collection_type": self.collection_type,
                **check_optional_texts(
                    DATA_TYPE=data_type,
                    collection_base_path=collection_base_path,
                    contact_email=contact_email,
                    contact_info=contact_info,
                    default_directory=default_directory,
                    department=department,
                    description=description,
                    display_name=display_name,
                    info_link=info_link,
                    organization=organization,
                    restrict_transfers_to_high_assurance=restrict_transfers_to_high_assurance,
                    user_message=user_message,
                    user_message_link=user_message_link,
                ),
                "identity_id": check_optional_id("identity_id", identity_id),
                **listed(keywords=keywords),
                **check_optional_bools(
                    disable_verify=disable_verify,
                    enable_https=enable_https,
                    force_encryption=force_encryption,
                    force_verify=force_verify,
                    public=public,
                ),
                **check_optional_ints(acl_expiration_mins=acl_expiration_mins),
                "associated_flow_policy": associated_flow_policy,
            },
            additional_fields,
        )
        self._set_data_type()


class MappedCollectionDocument(CollectionDocument):
    """A mapped collection: files of a storage gateway, for users with an account on the storage system.

    The parameters that are not listed here are those of :class:`CollectionDocument`.

    :param domain_name: the DNS name of the collection, if it has one of its own
    :param guest_auth_policy_id: the id of the policy that users of guest collections must satisfy
    :param storage_gateway_id: the id of the storage gateway
    :param sharing_users_allow: the accounts that may create guest collections
    :param sharing_users_deny: the accounts that may not create guest collections
    :param sharing_restrict_paths: which folders guest collections may share, as a document of the type
        ``path_restrictions#1.0.0``
    :param delete_protected: whether the collection cannot be deleted. Servers from 5.4.69 on protect new collections
        unless this is ``False``
    :param allow_guest_collections: whether users may create guest collections
    :param disable_anonymous_writes: whether access rules of guest collections may not let anonymous users write
    :param auto_delete_timeout: after how many days without access a guest collection is deleted
    :param policies: the settings for the connector, such as :class:`POSIXCollectionPolicies`
    """

    collection_type = "mapped"

    def __init__(
        self,
        *,
        data_type: Maybe[str] = MISSING,
        collection_base_path: Maybe[str] = MISSING,
        contact_email: Maybe[str | None] = MISSING,
        contact_info: Maybe[str | None] = MISSING,
        default_directory: Maybe[str] = MISSING,
        department: Maybe[str | None] = MISSING,
        description: Maybe[str | None] = MISSING,
        display_name: Maybe[str] = MISSING,
        identity_id: Maybe[UUIDLike] = MISSING,
        info_link: Maybe[str | None] = MISSING,
        organization: Maybe[str] = MISSING,
        restrict_transfers_to_high_assurance: Maybe[Literal["inbound", "outbound", "all"]] = MISSING,
        user_message: Maybe[str | None] = MISSING,
        user_message_link: Maybe[str | None] = MISSING,
        keywords: Texts = MISSING,
        disable_verify: Maybe[bool] = MISSING,
        enable_https: Maybe[bool] = MISSING,
        force_encryption: Maybe[bool] = MISSING,
        force_verify: Maybe[bool] = MISSING,
        public: Maybe[bool] = MISSING,
        acl_expiration_mins: Maybe[int] = MISSING,
        domain_name: Maybe[str] = MISSING,
        guest_auth_policy_id: Maybe[UUIDLike | None] = MISSING,
        storage_gateway_id: Maybe[UUIDLike] = MISSING,
        sharing_users_allow: TextsOrNone = MISSING,
        sharing_users_deny: TextsOrNone = MISSING,
        sharing_restrict_paths: Maybe[Mapping[str, Any] | None] = MISSING,
        delete_protected: Maybe[bool] = MISSING,
        allow_guest_collections: Maybe[bool] = MISSING,
        disable_anonymous_writes: Maybe[bool] = MISSING,
        auto_delete_timeout: Maybe[int] = MISSING,
        associated_flow_policy: Maybe[Mapping[str, Any]] = MISSING,
        policies: Maybe[Mapping[str, Any]] = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        own_fields = {
            **check_optional_texts(domain_name=domain_name),
            "guest_auth_policy_id": check_optional_id("guest_auth_policy_id", guest_auth_policy_id),
            "storage_gateway_id": check_optional_id("storage_gateway_id", storage_gateway_id),
            **listed(sharing_users_allow=sharing_users_allow, sharing_users_deny=sharing_users_deny),
            "sharing_restrict_paths": sharing_restrict_paths,
            **check_optional_bools(
                delete_protected=delete_protected,
                allow_guest_collections=allow_guest_collections,
                disable_anonymous_writes=disable_anonymous_writes,
            ),
            **check_optional_ints(auto_delete_timeout=auto_delete_timeout),
            "policies": policies,
        }
        super().__init__(
            data_type=data_type,
            collection_base_path=collection_base_path,
            contact_email=contact_email,
            contact_info=contact_info,
            default_directory=default_directory,
            department=department,
            description=description,
            display_name=display_name,
            identity_id=identity_id,
            info_link=info_link,
            organization=organization,
            restrict_transfers_to_high_assurance=restrict_transfers_to_high_assurance,
            user_message=user_message,
            user_message_link=user_message_link,
            keywords=keywords,
            disable_verify=disable_verify,
            enable_https=enable_https,
            force_encryption=force_encryption,
            force_verify=force_verify,
            public=public,
            acl_expiration_mins=acl_expiration_mins,
            associated_flow_policy=associated_flow_policy,
            additional_fields=self._join_fields(own_fields, additional_fields),
        )


class GuestCollectionDocument(CollectionDocument):
    """A guest collection: a folder of a mapped collection, which a user shares with others.

    The parameters that are not listed here are those of :class:`CollectionDocument`.

    :param mapped_collection_id: the id of the mapped collection
    :param user_credential_id: the id of the user credential that gives access to the files
    :param skip_auto_delete: whether the collection is kept when nobody has used it for the ``auto_delete_timeout`` of
        the mapped collection
    :param activity_notification_policy: which finished transfers the administrators, activity managers and activity
        monitors get an email about: a list of texts for each condition
    """

    collection_type = "guest"

    def __init__(
        self,
        *,
        data_type: Maybe[str] = MISSING,
        collection_base_path: Maybe[str] = MISSING,
        contact_email: Maybe[str | None] = MISSING,
        contact_info: Maybe[str | None] = MISSING,
        default_directory: Maybe[str] = MISSING,
        department: Maybe[str | None] = MISSING,
        description: Maybe[str | None] = MISSING,
        display_name: Maybe[str] = MISSING,
        identity_id: Maybe[UUIDLike] = MISSING,
        info_link: Maybe[str | None] = MISSING,
        organization: Maybe[str] = MISSING,
        restrict_transfers_to_high_assurance: Maybe[Literal["inbound", "outbound", "all"]] = MISSING,
        user_message: Maybe[str | None] = MISSING,
        user_message_link: Maybe[str | None] = MISSING,
        keywords: Texts = MISSING,
        disable_verify: Maybe[bool] = MISSING,
        enable_https: Maybe[bool] = MISSING,
        force_encryption: Maybe[bool] = MISSING,
        force_verify: Maybe[bool] = MISSING,
        public: Maybe[bool] = MISSING,
        acl_expiration_mins: Maybe[int] = MISSING,
        associated_flow_policy: Maybe[Mapping[str, Any]] = MISSING,
        mapped_collection_id: Maybe[UUIDLike] = MISSING,
        user_credential_id: Maybe[UUIDLike] = MISSING,
        skip_auto_delete: Maybe[bool] = MISSING,
        activity_notification_policy: Maybe[Mapping[str, list[str]]] = MISSING,
        additional_fields: Maybe[Mapping[str, Any]] = MISSING,
    ) -> None:
        own_fields = {
            "mapped_collection_id": check_optional_id("mapped_collection_id", mapped_collection_id),
            "user_credential_id": check_optional_id("user_credential_id", user_credential_id),
            **check_optional_bools(skip_auto_delete=skip_auto_delete),
            "activity_notification_policy": activity_notification_policy,
        }
        super().__init__(
            data_type=data_type,
            collection_base_path=collection_base_path,
            contact_email=contact_email,
            contact_info=contact_info,
            default_directory=default_directory,
            department=department,
            description=description,
            display_name=display_name,
            identity_id=identity_id,
            info_link=info_link,
            organization=organization,
            restrict_transfers_to_high_assurance=restrict_transfers_to_high_assurance,
            user_message=user_message,
            user_message_link=user_message_link,
            keywords=keywords,
            disable_verify=disable_verify,
            enable_https=enable_https,
            force_encryption=force_encryption,
            force_verify=force_verify,
            public=public,
            acl_expiration_mins=acl_expiration_mins,
            associated_flow_policy=associated_flow_policy,
            additional_fields=self._join_fields(own_fields, additional_fields),
        )
