"""Scopes: the names of what a token allows.

``scope`` has the value, ``graph`` and ``parser`` read and merge scope strings, ``collections`` lists the scopes of the
services, and ``consents`` has the scopes that a user consented to.
"""

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
# Loaded when it is first used, which a login does not.
_SUBMODULES = ("consents",)

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, _SUBMODULES)
