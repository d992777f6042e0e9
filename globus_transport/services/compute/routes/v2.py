"""The routes of version 2 of the API of Globus Compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, Field, Maybe, UUIDLike, text_list
from globus_transport.routing.replies import ArrayResponse, GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post
from globus_transport.services.compute.routes import ComputeRoutes


class ComputeRoutesV2(ComputeRoutes):
    """Register functions and endpoints, submit tasks, and read their results."""

    @get("/v2/version")
    def get_version(self, service: Maybe[str] = MISSING) -> GlobusHTTPResponse:
        """Get the version of the API. ``reply.data`` is its text, such as ``"1.23.0"``.

        Reference: https://compute.api.globus.org/redoc#tag/Root/operation/get_version_v2_version_get

        :param service: ``"all"`` for an object with the version under ``api``, and the oldest versions of the
            programs that still work with it under ``min_sdk_version`` and ``min_endpoint_version``
        """
        raise NotImplementedError

    @get("/v2/get_amqp_result_connection_url")
    def get_result_amqp_url(self) -> GlobusHTTPResponse:
        """Create credentials for the queue of messages about the user's results.

        The reply has the ``queue_prefix`` and, under ``connection_url``, an address with a password in it. Every call
        creates other credentials.
        """
        raise NotImplementedError

    @post("/v2/endpoints")
    def register_endpoint(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Register an endpoint. The program that runs on the endpoint calls this each time it starts.

        The reply has the ``endpoint_id``, and under ``task_queue_info`` and ``result_queue_info`` the addresses of its
        message queues, with passwords in them.
        Reference: https://compute.api.globus.org/redoc#tag/Endpoints/operation/register_endpoint_v2_endpoints_post

        :param data: such as ``{"endpoint_uuid": id, "endpoint_name": "beamline", "endpoint_version": "3.0.0"}``
        :raises ComputeAPIError: with status 423, if the endpoint is locked
        """
        raise NotImplementedError

    @get("/v2/endpoints/{endpoint_id}")
    def get_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Get an endpoint.

        The reply has its ``uuid``, ``name``, ``display_name``, ``description``, ``multi_user``, ``public``,
        ``hostname``, ``endpoint_version``, ``sdk_version`` and ``subscription_uuid``. For an endpoint that starts a
        process for each user, ``user_config_template`` and ``user_config_schema`` tell which configuration a task may
        come with.
        Reference:
        https://compute.api.globus.org/redoc#tag/Endpoints/operation/get_endpoint_v2_endpoints__endpoint_uuid__get

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @get("/v2/endpoints/{endpoint_id}/status")
    def get_endpoint_status(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Get an endpoint's ``status``, which is ``online`` or ``offline``.

        The reply's ``details`` count its ``managers``, ``total_workers``, ``idle_workers``, ``pending_tasks`` and
        ``outstanding_tasks``.
        Reference: https://compute.api.globus.org/redoc#tag/Endpoints

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @get("/v2/endpoints")
    def get_endpoints(self, role: Maybe[str] = MISSING) -> ArrayResponse:
        """List endpoints. Iterating over the reply yields them, with ``uuid``, ``name``, ``display_name``, ``owner``.

        Reference: https://compute.api.globus.org/redoc#tag/Endpoints/operation/get_endpoints_v2_endpoints_get

        :param role: ``"owner"`` for the user's own endpoints, which is the default; ``"any"`` also for those that
            the user may submit tasks to
        """
        raise NotImplementedError

    @delete("/v2/endpoints/{endpoint_id}")
    def delete_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete an endpoint's registration. It receives no more tasks.

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @post("/v2/endpoints/{endpoint_id}/lock")
    def lock_endpoint(self, endpoint_id: UUIDLike) -> GlobusHTTPResponse:
        """Refuse registrations of an endpoint for a while: until the reply's ``lock_expiration_timestamp``.

        :param endpoint_id: the endpoint's id
        """
        raise NotImplementedError

    @post("/v2/functions")
    def register_function(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Register a function. The reply has its ``function_uuid``.

        A function does not change: another registration makes another function.
        Reference: https://compute.api.globus.org/redoc#tag/Functions/operation/register_function_v2_functions_post

        :param data: such as ``{"function_name": "count", "function_code": code}``; the code is text that the
            serializer of the package ``globus-compute-sdk`` made. ``"public": True`` or the id of a ``"group"`` lets
            others run it
        """
        raise NotImplementedError

    @get("/v2/functions/{function_id}")
    def get_function(self, function_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a function: its ``function_uuid``, ``function_name``, ``function_code``, ``description``, ``metadata``.

        :param function_id: the function's id
        """
        raise NotImplementedError

    @delete("/v2/functions/{function_id}")
    def delete_function(self, function_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a function. It cannot be run any more.

        :param function_id: the function's id
        """
        raise NotImplementedError

    @get("/v2/tasks/{task_id}")
    def get_task(self, task_id: UUIDLike) -> GlobusHTTPResponse:
        """Get a task's status and, once it has ended, its result.

        The reply has the ``task_id`` and its ``status``. A task that succeeded (``success``) has its ``result``, and
        one that failed (``failed``) its ``exception``; both are text that the serializer of the package
        ``globus-compute-sdk`` reads. ``completion_t`` is when it ended, in seconds since 1970, as text. ``details``
        tell about the endpoint's software and, under ``task_transitions``, when the task began and ended to run.
        Reference: https://compute.api.globus.org/redoc#tag/Tasks

        :param task_id: the task's id
        """
        raise NotImplementedError

    # It only reads, although it is a POST: the ids would be too long for a query.
    @post("/v2/batch_status", repeatable=True)
    def get_task_batch(
        self, task_ids: Annotated[Union[UUIDLike, Iterable[UUIDLike]], Field(encode=text_list)]
    ) -> GlobusHTTPResponse:
        """Get several tasks. The reply's ``results`` have them by id, in the form of ``get_task``'s reply.

        Reference: https://compute.api.globus.org/redoc#tag/Root/operation/get_batch_status_v2_batch_status_post

        :param task_ids: one or several ids
        """
        raise NotImplementedError

    @get("/v2/taskgroup/{task_group_id}")
    def get_task_group(self, task_group_id: UUIDLike) -> GlobusHTTPResponse:
        """List the tasks of a group, which were submitted together.

        Each of the reply's ``tasks`` has its ``id`` and ``created_at``.

        :param task_group_id: the group's id, from the reply of ``submit``
        """
        raise NotImplementedError

    @post("/v2/submit")
    def submit(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit tasks. Each runs a function on an endpoint.

        The reply has the ``task_group_id`` and the ``results``, one for each task in the order of the document: its
        ``task_uuid`` and ``status``. The service answers 200 also if it refused some of the tasks; ``status`` is then
        ``failed`` and ``reason`` tells why. Check it.
        A request whose response was lost is not sent again, because the tasks would run twice.
        Reference: https://compute.api.globus.org/redoc#tag/Root/operation/submit_batch_v2_submit_post

        :param data: ``{"tasks": [[function_id, endpoint_id, arguments], ...]}``, where the arguments are text that the
            serializer of the package ``globus-compute-sdk`` made; ``"task_group_id"`` adds the tasks to a group
        """
        raise NotImplementedError
