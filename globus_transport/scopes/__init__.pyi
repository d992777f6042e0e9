"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.scopes import consents as consents
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
