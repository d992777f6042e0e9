"""Scopes: the names of what a token allows."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "scopes.collections": (
        "AuthScopes",
        "ComputeScopes",
        "DynamicScopeCollection",
        "FlowsScopes",
        "GCSCollectionScopes",
        "GCSEndpointScopes",
        "GroupsScopes",
        "NexusScopes",
        "ScopeCollection",
        "SearchScopes",
        "SpecificFlowScopes",
        "StaticScopeCollection",
        "TimersScopes",
        "TransferScopes",
    ),
    "scopes.errors": ("ScopeCycleError", "ScopeParseError"),
    "scopes.parser": ("ScopeParser",),
    "scopes.scope": ("Scope",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
