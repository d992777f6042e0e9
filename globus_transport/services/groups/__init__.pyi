"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.groups.async_client import AsyncGroupsClient as AsyncGroupsClient
from globus_transport.services.groups.client import GroupsClient as GroupsClient
from globus_transport.services.groups.data import BatchMembershipActions as BatchMembershipActions
from globus_transport.services.groups.data import GroupMemberVisibility as GroupMemberVisibility
from globus_transport.services.groups.data import GroupPolicies as GroupPolicies
from globus_transport.services.groups.data import GroupRequiredSignupFields as GroupRequiredSignupFields
from globus_transport.services.groups.data import GroupRole as GroupRole
from globus_transport.services.groups.data import GroupVisibility as GroupVisibility
from globus_transport.services.groups.errors import GroupsAPIError as GroupsAPIError
from globus_transport.services.groups.manager import AsyncGroupsManager as AsyncGroupsManager
from globus_transport.services.groups.manager import GroupsManager as GroupsManager
