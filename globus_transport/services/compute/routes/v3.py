"""The routes of version 3 of the API of Globus Compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.routing.parameters import Body, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, post, put
from globus_transport.services.compute.routes import ComputeRoutes


class ComputeRoutesV3(ComputeRoutes):
    """Register functions and endpoints, and submit tasks."""

    @post("/v3/endpoints")
    def register_endpoint(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Register a new endpoint.

        The reply has the ``endpoint_id``, and under ``task_queue_info`` and ``result_queue_info`` the addresses of its
        message queues, with passwords in them.
        Reference: https://compute.api.globus.org/redoc#tag/Endpoints/operation/register_endpoint_v3_endpoints_post

        :param data: such as ``{"endpoint_name": "beamline", "display_name": "Beamline 7", "metadata": {...}}``
        """
        raise NotImplementedError

    @put("/v3/endpoints/{endpoint_id}")
    def update_endpoint(self, endpoint_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Replace an endpoint's registration. The program that runs on the endpoint calls this each time it starts.

        The reply has the form of ``register_endpoint``'s.
        Reference: https://compute.api.globus.org/redoc#tag/Endpoints

        :param endpoint_id: the endpoint's id
        :param data: the whole registration, in the form that ``register_endpoint`` takes
        :raises ComputeAPIError: with status 423, if the endpoint is locked
        """
        raise NotImplementedError

    @post("/v3/endpoints/{endpoint_id}/lock")
    def lock_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Refuse registrations of an endpoint for a while: until the reply's ``lock_expiration_timestamp``.

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @get("/v3/endpoints/{endpoint_id}/allowed_functions")
    def get_endpoint_allowlist(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """List the functions that may run on an endpoint.

        The reply has their ids under ``functions``. ``restricted`` is false if every function may run.

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @post("/v3/functions")
    def register_function(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Register a function. The reply has its ``function_uuid``.

        A function does not change: another registration makes another function.
        Reference: https://compute.api.globus.org/redoc#tag/Functions/operation/register_function_v3_functions_post

        :param data: such as ``{"function_name": "count", "function_code": code, "metadata": {...}}``; the code is text
            that the serializer of the package ``globus-compute-sdk`` made
        """
        raise NotImplementedError

    @post("/v3/endpoints/{endpoint_id}/submit")
    def submit(self, endpoint_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit tasks to an endpoint. Each runs a function.

        The reply has the ``task_group_id``, the ``request_id``, and the ids of the tasks by function under ``tasks``,
        in the order of the document.
        A request whose response was lost is not sent again, because the tasks would run twice.
        Reference: https://compute.api.globus.org/redoc#tag/Endpoints

        :param endpoint_id: the endpoint's id
        :param data: ``{"tasks": {function_id: [arguments, ...]}}``, where the arguments of each task are text that the
            serializer of the package ``globus-compute-sdk`` made. ``"task_group_id"`` adds the tasks to a group;
            ``"create_queue": True`` makes the service announce the results in the queue of ``get_result_amqp_url``;
            ``"user_endpoint_config"`` configures the endpoint's process for this user
        """
        raise NotImplementedError
