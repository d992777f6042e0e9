"""Routes on pause rules, for those who manage a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.missing import MISSING
from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.parameters import Body, Maybe, QueryParams, UUIDLike
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.replies import IterableTransferResponse


class PauseRuleRoutes(RouteTable):
    """Pause what people do on a collection, by rule. These need the role of activity manager, or monitor to look."""

    @get("/v0.10/endpoint_manager/pause_rule_list")
    def endpoint_manager_pause_rule_list(
        self, *, filter_endpoint: Maybe[UUIDLike] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The pause rules of every collection that the user manages.

        :param filter_endpoint: only those of this collection, or of this host
        """
        ...

    @post("/v0.10/endpoint_manager/pause_rule")
    def endpoint_manager_create_pause_rule(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Make a pause rule; the reply has its ``id``.

        :param data: with ``"DATA_TYPE": "pause_rule"``, ``endpoint_id`` and ``message`` at least; ``identity_id``
            for one person's tasks only, ``start_time`` for those that begin later
        """
        ...

    @get("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_get_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One pause rule."""
        ...

    @put("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_update_pause_rule(
        self, pause_rule_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Change a pause rule.

        :param data: such as ``{"message": "until Monday", "pause_ls": False, "pause_task_transfer_read": True}``
        """
        ...

    @delete("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_delete_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Remove a pause rule. The tasks that it held go on."""
        ...
