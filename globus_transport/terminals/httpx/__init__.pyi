"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.terminals.httpx.terminal import AsyncHttpxTerminal as AsyncHttpxTerminal
from globus_transport.terminals.httpx.terminal import HttpxTerminal as HttpxTerminal
