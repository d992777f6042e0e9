"""The policies of groups: who sees a group and its members, and who may join."""

from __future__ import annotations

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.services.groups.data import GroupRequiredSignupFields

SIGNUP_FIELDS = tuple(field.value for field in GroupRequiredSignupFields)
#: What members can tell about themselves besides the fields that a group can require.
MEMBERSHIP_FIELDS = (*SIGNUP_FIELDS, "first_name", "last_name", "organization")

#: How old a login may be, in seconds.
DEFAULT_TIMEOUT = 28800

_YEAR = 365 * 86400


def default_policies() -> Document:
    """The policies of a new group. Its members see it, its managers see the members, and nobody may request to join."""
    return {
        "is_high_assurance": False,
        "authentication_assurance_timeout": DEFAULT_TIMEOUT,
        "group_visibility": "private",
        "group_members_visibility": "managers",
        "join_requests": False,
        "signup_fields": [],
    }


def read_policies(fields: Fields, current: Document) -> Document:
    """The current policies with the changes of a document. What it leaves out, or is null in it, stays.

    The exception is ``authentication_assurance_timeout``: null is the default.
    """
    given = {
        "is_high_assurance": fields.flag("is_high_assurance"),
        "authentication_assurance_timeout": fields.seconds("authentication_assurance_timeout", 1, _YEAR),
        "group_visibility": fields.choice("group_visibility", ("authenticated", "private")),
        "group_members_visibility": fields.choice("group_members_visibility", ("members", "managers")),
        "join_requests": fields.flag("join_requests"),
        "signup_fields": fields.texts("signup_fields", SIGNUP_FIELDS),
    }
    changed = {**current, **{name: value for name, value in given.items() if value is not None}}
    timeout = "authentication_assurance_timeout"
    if timeout in fields.document and fields.document[timeout] is None:
        changed[timeout] = DEFAULT_TIMEOUT
    return changed
