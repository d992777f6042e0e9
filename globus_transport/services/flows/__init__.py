"""Globus Flows: automations, their runs, and the questions that runs ask. Reference: docs.globus.org/api/flows.

A token for the service manages flows. To start one flow, a token for that flow is needed, which
:class:`SpecificFlowClient` uses.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.flows.async_client": ("AsyncFlowsClient", "AsyncSpecificFlowClient"),
    "services.flows.client": ("FlowsClient", "SpecificFlowClient"),
    "services.flows.data": ("RunActivityNotificationPolicy",),
    "services.flows.errors": ("FlowsAPIError",),
    "services.flows.response": (
        "IterableFlowsResponse",
        "IterableRegisteredAPIsResponse",
        "IterableRunLogsResponse",
        "IterableRunsResponse",
        "IterableWebInputsResponse",
    ),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
