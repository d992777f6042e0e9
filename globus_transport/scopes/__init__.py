"""Scopes: the names of what a token allows.

Names are loaded when they are first used: a client needs the collections, and neither parser nor consents.
"""

from __future__ import annotations

# As in the package's own __init__: type checkers take it for true.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from globus_transport.scopes.collections import AuthScopes as AuthScopes
    from globus_transport.scopes.collections import ComputeScopes as ComputeScopes
    from globus_transport.scopes.collections import DynamicScopeCollection as DynamicScopeCollection
    from globus_transport.scopes.collections import FlowsScopes as FlowsScopes
    from globus_transport.scopes.collections import GCSCollectionScopes as GCSCollectionScopes
    from globus_transport.scopes.collections import GCSEndpointScopes as GCSEndpointScopes
    from globus_transport.scopes.collections import GroupsScopes as GroupsScopes
    from globus_transport.scopes.collections import NexusScopes as NexusScopes
    from globus_transport.scopes.collections import ScopeCollection as ScopeCollection
    from globus_transport.scopes.collections import SearchScopes as SearchScopes
    from globus_transport.scopes.collections import SpecificFlowScopes as SpecificFlowScopes
    from globus_transport.scopes.collections import StaticScopeCollection as StaticScopeCollection
    from globus_transport.scopes.collections import TimersScopes as TimersScopes
    from globus_transport.scopes.collections import TransferScopes as TransferScopes
    from globus_transport.scopes.errors import ScopeCycleError as ScopeCycleError
    from globus_transport.scopes.errors import ScopeParseError as ScopeParseError
    from globus_transport.scopes.parser import ScopeParser as ScopeParser
    from globus_transport.scopes.scope import Scope as Scope

__all__ = [
    "AuthScopes",
    "ComputeScopes",
    "DynamicScopeCollection",
    "FlowsScopes",
    "GCSCollectionScopes",
    "GCSEndpointScopes",
    "GroupsScopes",
    "NexusScopes",
    "Scope",
    "ScopeCollection",
    "ScopeCycleError",
    "ScopeParseError",
    "ScopeParser",
    "SearchScopes",
    "SpecificFlowScopes",
    "StaticScopeCollection",
    "TimersScopes",
    "TransferScopes",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        home = {"Scope": "scope", "ScopeCycleError": "errors", "ScopeParseError": "errors", "ScopeParser": "parser"}
        value: object = getattr(import_module(f"{__name__}.{home.get(name, 'collections')}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
