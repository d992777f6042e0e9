"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.embed.requests.adapter import StackAdapter as StackAdapter
from globus_transport.embed.requests.auth import GlobusAuth as GlobusAuth
