"""Globus Groups: groups, their members, and their policies. Reference: docs.globus.org/api/groups.

Besides the modules that every service has, ``manager`` has the usual actions on members as single calls.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.groups.async_client": ("AsyncGroupsClient",),
    "services.groups.client": ("GroupsClient",),
    "services.groups.data": (
        "BatchMembershipActions",
        "GroupMemberVisibility",
        "GroupPolicies",
        "GroupRequiredSignupFields",
        "GroupRole",
        "GroupVisibility",
    ),
    "services.groups.errors": ("GroupsAPIError",),
    "services.groups.manager": ("AsyncGroupsManager", "GroupsManager"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
