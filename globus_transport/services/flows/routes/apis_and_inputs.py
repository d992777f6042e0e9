"""Routes on registered APIs, which flows can call, and on web inputs, with which a run asks a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker
from globus_transport.routing.parameters import CommaList, Field, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, post
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import FlowsScopes
from globus_transport.services.flows.response import IterableRegisteredAPIsResponse, IterableWebInputsResponse
from globus_transport.services.flows.routes.flows import BY_MARKER

_VIEW = (FlowsScopes.view_flows,)

WebInputRole = Literal["viewer", "respondent"]
WebInputState = Literal["open", "closed"]
Ids = Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList]


class RegisteredAPIRoutes(RouteTable):
    """Find registered APIs."""

    @get("/registered_apis/{registered_api_id}", scopes=_VIEW)
    def get_registered_api(
        self, registered_api_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a registered API: its target, roles, and the schema of its input.

        :param registered_api_id: the id of the registered API
        """
        raise NotImplementedError

    @get("/registered_apis", paging=BY_MARKER, scopes=_VIEW)
    def list_registered_apis(
        self,
        *,
        filter_roles: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        orderby: Maybe[Union[str, Iterable[str]]] = MISSING,
        per_page: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableRegisteredAPIsResponse:
        """List the registered APIs that the user can see.

        The reply has one page under ``registered_apis``, and the ``marker`` of the next one.

        :param filter_roles: the user has one of these roles: ``owner``, ``administrator`` or ``viewer``
        :param orderby: one or several orders, each a field, a space, and ``ASC`` or ``DESC``
        :param per_page: maximum number of items in the page
        :param marker: the ``marker`` of the previous page
        """
        raise NotImplementedError


class WebInputRoutes(RouteTable):
    """Find web inputs and respond to them."""

    @get("/web_inputs", paging=Marker())
    def list_web_inputs(
        self,
        *,
        filter_roles: Annotated[Maybe[Union[WebInputRole, Iterable[WebInputRole]]], CommaList] = MISSING,
        filter_states: Annotated[Maybe[Union[WebInputState, Iterable[WebInputState]]], CommaList] = MISSING,
        filter_flow_ids: Ids = MISSING,
        filter_run_ids: Ids = MISSING,
        orderby: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        per_page: Maybe[int] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableWebInputsResponse:
        """List the web inputs that the user can see or respond to.

        The reply has one page under ``web_input_summaries``, and the ``marker`` of the next one.

        :param filter_roles: one or several roles that the user has: ``viewer``, ``respondent``
        :param filter_states: one or several states: ``open``, ``closed``
        :param filter_flow_ids: the ids of one or several flows
        :param filter_run_ids: the ids of one or several runs
        :param orderby: one or several orders, each a field (``created_timestamp``, ``edited_timestamp`` or
            ``closed_timestamp``), optionally followed by a space and ``ASC`` or ``DESC``
        :param per_page: maximum number of items in the page
        :param marker: the ``marker`` of the previous page
        """
        raise NotImplementedError

    @get("/web_inputs/{web_input_id}")
    def get_web_input(self, web_input_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a web input: the question, and the form or options of the response.

        :param web_input_id: the id of the web input
        :raises FlowsAPIError: with status 403, if the user's session does not satisfy the authentication policy.
            ``info.authorization_parameters`` says which login does
        """
        raise NotImplementedError

    @post("/web_inputs/{web_input_id}/respond", wrap="response")
    def respond_to_web_input(self, web_input_id: UUIDLike, value: Annotated[Any, Field()]) -> GlobusHTTPResponse:
        """Respond to a web input, so that its run continues. The user needs the role respondent.

        :param web_input_id: the id of the web input
        :param value: the response; for a selection the id of the chosen option
        :raises FlowsAPIError: with status 409, if the web input is closed, and 422, if there is no such option
        """
        raise NotImplementedError
