"""Routes of one flow. They need a token for this flow, whose resource server is the flow's id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import BodyParams, Maybe, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import post
from globus_transport.routing.table import RouteTable
from globus_transport.services.flows.data import RunActivityNotificationPolicy
from globus_transport.services.flows.errors import FlowsAPIError
from globus_transport.services.flows.routes.flows import Principals

_OF_CLIENT = {"flow_id": "flow_id"}

Policy = Maybe[Union[RunActivityNotificationPolicy, dict[str, Any]]]


class SpecificFlowRoutes(RouteTable):
    """Start, resume and validate runs of one flow."""

    service_name = "flows"
    error_class = FlowsAPIError

    @post("/flows/{flow_id}/run", from_client=_OF_CLIENT)
    def run_flow(
        self,
        body: Mapping[str, Any],
        *,
        label: Maybe[str] = MISSING,
        tags: Maybe[list[str]] = MISSING,
        activity_notification_policy: Policy = MISSING,
        run_monitors: Principals = MISSING,
        run_managers: Principals = MISSING,
        additional_fields: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Start a run. The reply has its ``run_id`` and ``status``.

        Each call starts another run, so it is not sent again if the service may have received it. After a
        network error, look for the run with ``FlowsClient.list_runs``.
        Documentation: https://docs.globus.org/api/flows

        :param body: the input of the run, which has to satisfy the flow's input schema
        :param label: the name of the run
        :param tags: words to find the run by
        :param activity_notification_policy: when to send emails about the run
        :param run_monitors: principals who can see the run, besides its owner
        :param run_managers: principals who can see and cancel the run, besides its owner
        :param additional_fields: further fields, which override the others
        :raises FlowsAPIError: with status 403, if the user is not a starter of the flow, or the token has another
            scope; with status 400 or 422, if the input does not satisfy the schema
        """
        raise NotImplementedError

    @post("/runs/{run_id}/resume")
    def resume_run(self, run_id: UUIDLike) -> GlobusHTTPResponse:
        """Resume an inactive run, after its problem is solved, such as a missing consent.

        :param run_id: the id of the run
        """
        raise NotImplementedError

    @post("/flows/{flow_id}/validate_run", repeatable=True, from_client=_OF_CLIENT)
    def validate_run(
        self,
        body: Mapping[str, Any],
        *,
        label: Maybe[str] = MISSING,
        tags: Maybe[list[str]] = MISSING,
        run_monitors: Principals = MISSING,
        run_managers: Principals = MISSING,
        activity_notification_policy: Policy = MISSING,
        additional_fields: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Check whether ``run_flow`` would accept these arguments, without starting a run.

        :param body: the input of the run
        :param label: the name of the run
        :param tags: words to find the run by
        :param run_monitors: principals who can see the run, besides its owner
        :param run_managers: principals who can see and cancel the run, besides its owner
        :param activity_notification_policy: when to send emails about the run
        :param additional_fields: further fields, which override the others
        :raises FlowsAPIError: with status 400, if the input does not satisfy the schema; with status 403, if the user
            is not a starter of the flow
        """
        raise NotImplementedError
