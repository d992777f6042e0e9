"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.sandbox.clients import SandboxClient as SandboxClient
from globus_transport.sandbox.clock import Clock as Clock
from globus_transport.sandbox.collections import Collection as Collection
from globus_transport.sandbox.faults import Fault as Fault
from globus_transport.sandbox.identities import Identity as Identity
from globus_transport.sandbox.request_log import Received as Received
from globus_transport.sandbox.sandbox import Sandbox as Sandbox
from globus_transport.sandbox.tokens import SandboxToken as SandboxToken
