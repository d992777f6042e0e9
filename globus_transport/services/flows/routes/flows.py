"""Routes on flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker
from globus_transport.routing.parameters import BodyParams, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import FlowsScopes
from globus_transport.services.flows.response import IterableFlowsResponse

BY_MARKER = Marker(more_key="has_next_page")
_VIEW = (FlowsScopes.view_flows,)
_MANAGE = (FlowsScopes.manage_flows,)

Document = Mapping[str, Any]
#: URNs of identities and groups, or words such as ``"public"``.
Principals = Maybe[list[str]]
OptionalId = Maybe[Union[UUIDLike, None]]


class FlowRoutes(RouteTable):
    """Create, find, update and delete flows."""

    @post("/flows", scopes=_MANAGE)
    def create_flow(
        self,
        title: str,
        definition: Document,
        input_schema: Document,
        subtitle: Maybe[str] = MISSING,
        description: Maybe[str] = MISSING,
        flow_viewers: Principals = MISSING,
        flow_starters: Principals = MISSING,
        flow_administrators: Principals = MISSING,
        run_managers: Principals = MISSING,
        run_monitors: Principals = MISSING,
        keywords: Maybe[list[str]] = MISSING,
        subscription_id: OptionalId = MISSING,
        authentication_policy_id: OptionalId = MISSING,
        additional_fields: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Create a flow. The caller becomes its owner.

        The reply has the flow's ``id``, and under ``globus_auth_scope`` the scope that starting it requires.
        Principals are URNs: ``urn:globus:auth:identity:{id}`` or ``urn:globus:groups:id:{id}``.
        Documentation: https://docs.globus.org/api/flows/authoring-flows

        :param title: the name of the flow, 1 to 128 characters
        :param definition: the states of the flow, and where it starts
        :param input_schema: a JSON Schema for the input of runs
        :param subtitle: a summary, at most 128 characters
        :param description: at most 4096 characters
        :param flow_viewers: principals who can see the flow, or ``"public"``
        :param flow_starters: principals who can run the flow, or ``"all_authenticated_users"``
        :param flow_administrators: principals who can change and delete the flow
        :param run_managers: principals who can manage all runs of the flow
        :param run_monitors: principals who can see all runs of the flow
        :param keywords: words to find the flow by, at most 1024
        :param subscription_id: the id of the subscription that the flow belongs to
        :param authentication_policy_id: the id of an authentication policy, which users' sessions have to satisfy
        :param additional_fields: further fields, which override the others
        :raises FlowsAPIError: with status 422, if the definition or the schema is not valid
        """
        raise NotImplementedError

    @get("/flows/{flow_id}", scopes=_VIEW)
    def get_flow(self, flow_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a flow, with its definition and input schema.

        :param flow_id: the id of the flow
        """
        raise NotImplementedError

    @get("/flows", paging=BY_MARKER, scopes=_VIEW)
    def list_flows(
        self,
        *,
        filter_roles: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        filter_fulltext: Maybe[str] = MISSING,
        orderby: Maybe[Union[str, Iterable[str]]] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableFlowsResponse:
        """List the flows that the user can see.

        The reply has one page under ``flows``, and the ``marker`` of the next one.

        :param filter_roles: the user has one of these roles in the flow: ``flow_viewer``, ``flow_starter``,
            ``flow_administrator``, ``flow_owner``, ``run_monitor`` or ``run_manager``
        :param filter_fulltext: words in the texts of the flow
        :param orderby: one or several orders, each a field (``id``, ``scope_string``, ``flow_owners``,
            ``flow_administrators``, ``title``, ``created_at`` or ``updated_at``), a space, and ``ASC`` or ``DESC``
        :param marker: the ``marker`` of the previous page
        """
        raise NotImplementedError

    @put("/flows/{flow_id}", scopes=_MANAGE)
    def update_flow(
        self,
        flow_id: UUIDLike,
        *,
        title: Maybe[str] = MISSING,
        definition: Maybe[Document] = MISSING,
        input_schema: Maybe[Document] = MISSING,
        subtitle: Maybe[str] = MISSING,
        description: Maybe[str] = MISSING,
        flow_owner: Maybe[str] = MISSING,
        flow_viewers: Principals = MISSING,
        flow_starters: Principals = MISSING,
        flow_administrators: Principals = MISSING,
        run_managers: Principals = MISSING,
        run_monitors: Principals = MISSING,
        keywords: Maybe[list[str]] = MISSING,
        subscription_id: Maybe[Union[UUIDLike, Literal["DEFAULT"]]] = MISSING,
        authentication_policy_id: Maybe[UUIDLike] = MISSING,
        additional_fields: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Update the given fields of a flow. Runs that have started keep the definition they started with.

        Most parameters are those of ``create_flow``.

        :param flow_id: the id of the flow
        :param flow_owner: the URN of the caller's identity, which becomes the owner
        :param subscription_id: the id of a subscription, or ``"DEFAULT"`` for the user's own, if there is one only
        :param additional_fields: further fields, which override the others
        """
        raise NotImplementedError

    @delete("/flows/{flow_id}", scopes=_MANAGE)
    def delete_flow(self, flow_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Delete a flow.

        :param flow_id: the id of the flow
        """
        raise NotImplementedError

    @post("/flows/validate", repeatable=True, scopes=_MANAGE)
    def validate_flow(self, definition: Document, input_schema: Maybe[Document] = MISSING) -> GlobusHTTPResponse:
        """Check a definition, without creating a flow. The reply has the ``scopes`` that it uses.

        :param definition: the states of the flow, and where it starts
        :param input_schema: a JSON Schema for the input of runs
        :raises FlowsAPIError: with status 422, if the definition or the schema is not valid. ``messages`` has the
            problems
        """
        raise NotImplementedError
