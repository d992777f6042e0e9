"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.embed.httpx.public import AsyncStackTransport as AsyncStackTransport
from globus_transport.embed.httpx.public import GlobusAuth as GlobusAuth
from globus_transport.embed.httpx.public import StackTransport as StackTransport
