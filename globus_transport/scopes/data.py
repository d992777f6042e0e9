"""The scopes of the services, under the name that globus-sdk has for this part."""

from globus_transport.scopes.collections import (
    AuthScopes,
    ComputeScopes,
    FlowsScopes,
    GCSCollectionScopes,
    GCSEndpointScopes,
    GroupsScopes,
    NexusScopes,
    SearchScopes,
    SpecificFlowScopes,
    TimersScopes,
    TransferScopes,
)

__all__ = [
    "AuthScopes",
    "ComputeScopes",
    "FlowsScopes",
    "GCSCollectionScopes",
    "GCSEndpointScopes",
    "GroupsScopes",
    "NexusScopes",
    "SearchScopes",
    "SpecificFlowScopes",
    "TimersScopes",
    "TransferScopes",
]
