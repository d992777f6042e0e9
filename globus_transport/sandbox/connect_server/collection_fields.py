"""The fields of collections that a request may set."""

from __future__ import annotations

from collections.abc import Collection as Names

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields

#: The fields that Transfer's endpoint document has, too.
SHARED_TEXTS = (
    "contact_email",
    "contact_info",
    "default_directory",
    "department",
    "description",
    "info_link",
    "organization",
    "user_message",
    "user_message_link",
)
SHARED_FLAGS = ("disable_verify", "disable_anonymous_writes", "force_encryption", "force_verify", "public")
#: The fields that only administrators see, and only if they ask for them.
PRIVATE = ("policies", "root_path", "sharing_restrict_paths", "sharing_users_allow", "sharing_users_deny")

_OWN_FLAGS = ("enable_https",)
_MAPPED_FLAGS = ("delete_protected", "allow_guest_collections")
_GUEST_FLAGS = ("skip_auto_delete",)
_MOST_MINUTES = 10**6


def read_shared(fields: Fields) -> Document:
    """The fields of a request that Transfer's endpoint document has, as Transfer has them."""
    found: Document = {name: fields.text(name) for name in SHARED_TEXTS if name in fields.document}
    found |= {name: fields.flag(name) for name in SHARED_FLAGS if fields.document.get(name) is not None}
    keywords = read_texts(fields, "keywords")
    if keywords is not None:
        found["keywords"] = ", ".join(keywords)
    return found


def read_settings(fields: Fields, *, is_guest: bool) -> Document:
    """The fields of a request that only this service has."""
    given = fields.document
    flags = (*_OWN_FLAGS, *(_GUEST_FLAGS if is_guest else _MAPPED_FLAGS))
    found: Document = {name: fields.flag(name) for name in flags if given.get(name) is not None}
    numbers = ("acl_expiration_mins", "auto_delete_timeout")
    found |= {name: fields.integer(name, 1, _MOST_MINUTES) for name in numbers if given.get(name) is not None}
    if "restrict_transfers_to_high_assurance" in given:
        name = "restrict_transfers_to_high_assurance"
        found[name] = fields.choice(name, ("inbound", "outbound", "all"))
    objects = ["associated_flow_policy"]
    if is_guest:
        objects.append("activity_notification_policy")
    else:
        objects += ["policies", "sharing_restrict_paths"]
        for name in ("sharing_users_allow", "sharing_users_deny"):
            if name in given:
                found[name] = read_texts(fields, name)
        if "guest_auth_policy_id" in given:
            found["guest_auth_policy_id"] = fields.id("guest_auth_policy_id")
    found |= {name: fields.object(name) for name in objects if name in given}
    return found


def read_texts(fields: Fields, name: str) -> list[str] | None:
    """A list of texts; ``None`` if it is not there."""
    found = fields.document.get(name)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
        fields.refuse(name, "value is not a list of texts", "type_error.list")
        return None
    return [str(entry) for entry in found]


def read_data_type(fields: Fields, base: str) -> None:
    """Check the ``DATA_TYPE`` of a document: the name of the type and a version, such as ``role#1.0.0``."""
    text = fields.text("DATA_TYPE", required=True)
    if text and text.partition("#")[0] != base:
        fields.refuse("DATA_TYPE", f"the type of the document must be {base}#...")


def refuse_changes(fields: Fields, current: Document, names: Names[str]) -> None:
    """Refuse other values of fields that cannot change. The value that a field has may be sent again."""
    for name in names:
        if fields.document.get(name) is not None and fields.document[name] != current.get(name):
            fields.refuse(name, "this field cannot be changed")
