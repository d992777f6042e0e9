"""The routes of Globus Groups. Reference: docs.globus.org/api/groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, CommaList, Field, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import ArrayResponse, GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import GroupsScopes
from globus_transport.services.groups.errors import GroupsAPIError

MembershipStatus = Literal["active", "declined", "invited", "left", "pending", "rejected", "removed"]
Statuses = Annotated[Maybe[Union[MembershipStatus, Iterable[MembershipStatus]]], CommaList]

_MY_MEMBERSHIPS = (GroupsScopes.view_my_groups_and_memberships,)


class GroupsRoutes(RouteTable):
    """Create, update and delete groups, and manage their members and policies."""

    service_name = "groups"
    resource_server = "groups.api.globus.org"
    error_class = GroupsAPIError
    scopes = GroupsScopes
    token_scopes = (GroupsScopes.all,)
    # A class attribute, not a property as in the base: GroupsClient.default_scope_requirements is public.
    default_scope_requirements = [GroupsScopes.view_my_groups_and_memberships]  # noqa: RUF012  # pyright: ignore

    @get("/v2/groups/my_groups", scopes=_MY_MEMBERSHIPS)
    def get_my_groups(self, *, statuses: Statuses = MISSING, query_params: QueryParams = None) -> ArrayResponse:
        """List the groups in which the user has a membership.

        Each item has the group's ``id``, ``name``, ``description``, ``group_type`` and ``parent_id``, and under
        ``my_memberships`` a document for each of the user's identities: ``identity_id``, ``username``, ``role``
        (``member``, ``manager`` or ``admin``) and ``status``.
        Reference: https://groups.api.globus.org/redoc#operation/get_my_groups_and_memberships_v2_groups_my_groups_get

        :param statuses: list only groups with a membership of one of these statuses, such as ``"active"`` or
            ``["invited", "pending"]``
        """
        raise NotImplementedError

    @get("/v2/groups/{group_id}", scopes=_MY_MEMBERSHIPS)
    def get_group(
        self,
        group_id: UUIDLike,
        *,
        include: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Get a group.

        The reply has its ``id``, ``name``, ``description``, ``group_type``, ``parent_id``, ``enforce_session``,
        ``session_limit`` (seconds), ``subscription_id``, ``policies`` and the user's ``my_memberships``.
        Reference: https://groups.api.globus.org/redoc#operation/get_group_v2_groups__group_id__get

        :param group_id: the group's id
        :param include: further parts of the reply: ``"memberships"`` (all members, for those who may see them),
            ``"my_memberships"``, ``"policies"``, ``"allowed_actions"``, ``"child_ids"``
        """
        raise NotImplementedError

    @get("/v2/subscription_info/{subscription_id}")
    def get_group_by_subscription_id(self, subscription_id: UUIDLike) -> GlobusHTTPResponse:
        """Find the group that administers a subscription. The reply has its ``group_id`` and ``subscription_info``.

        :param subscription_id: the subscription's id
        """
        raise NotImplementedError

    @delete("/v2/groups/{group_id}")
    def delete_group(self, group_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Delete a group. The reply is the document of the deleted group.

        :param group_id: the group's id
        """
        raise NotImplementedError

    @post("/v2/groups")
    def create_group(
        self, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Create a group. The user becomes its admin. The reply is the document of the group, with its ``id``.

        Reference: https://groups.api.globus.org/redoc#operation/create_group_v2_groups_post

        :param data: such as ``{"name": "Beamline 7", "description": "Users of the beamline"}``; ``"parent_id"`` makes
            it a subgroup
        """
        raise NotImplementedError

    @put("/v2/groups/{group_id}")
    def update_group(
        self, group_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Update a group's name or description.

        :param group_id: the group's id
        :param data: such as ``{"name": "Beamline 8", "description": "Users of the beamline"}``
        """
        raise NotImplementedError

    @get("/v2/groups/{group_id}/policies")
    def get_group_policies(self, group_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a group's policies: who sees it and its members, who may join, and what a session needs.

        :param group_id: the group's id
        """
        raise NotImplementedError

    @put("/v2/groups/{group_id}/policies")
    def set_group_policies(
        self, group_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Replace a group's policies.

        :param group_id: the group's id
        :param data: a :class:`GroupPolicies`, or a dict of the same form
        """
        raise NotImplementedError

    @get("/v2/preferences", scopes=_MY_MEMBERSHIPS)
    def get_identity_preferences(self, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get the preferences of each of the user's identities, by identity id.

        ``allow_add`` tells whether others may add the identity to a group without an invitation.
        """
        raise NotImplementedError

    @put("/v2/preferences")
    def set_identity_preferences(
        self, data: Annotated[Mapping[Any, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Set preferences of the user's identities.

        :param data: by identity id, such as ``{identity_id: {"allow_add": False}}``
        """
        raise NotImplementedError

    @get("/v2/groups/{group_id}/membership_fields")
    def get_membership_fields(self, group_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get what the user told a group about each of their identities, such as the institution.

        :param group_id: the group's id
        """
        raise NotImplementedError

    @put("/v2/groups/{group_id}/membership_fields")
    def set_membership_fields(
        self, group_id: UUIDLike, data: Annotated[Mapping[Any, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Set what the user tells a group. A group can require these fields before a user may join.

        :param group_id: the group's id
        :param data: texts by field, such as ``{"institution": "Example Lab"}``; the fields are those of
            :class:`GroupRequiredSignupFields`
        """
        raise NotImplementedError

    @post("/v2/groups/{group_id}")
    def batch_membership_action(
        self, group_id: UUIDLike, actions: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Add, invite, approve, change or remove members, several in one request.

        The service answers 200 also if actions failed. The reply lists the memberships by the kind of action, such as
        ``reply["add"]``, and what failed under ``errors``: ``reply["errors"]["add"]`` is a list of documents with
        ``identity_id``, ``code`` and, for some, ``detail``. Check it.
        Reference:
        https://groups.api.globus.org/redoc#operation/group_membership_post_actions_v2_groups__group_id__post

        :param group_id: the group's id
        :param actions: a :class:`BatchMembershipActions`, or a dict of the same form
        """
        raise NotImplementedError

    @put("/v2/groups/{group_id}/subscription_admin_verified")
    def set_subscription_admin_verified(
        self,
        group_id: UUIDLike,
        subscription_id: Annotated[Union[UUIDLike, None], Field("subscription_admin_verified_id")],
        *,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Mark a group as verified by an administrator of a subscription, or take the mark away.

        :param group_id: the group's id
        :param subscription_id: the subscription's id; ``None`` takes the mark away
        """
        raise NotImplementedError
