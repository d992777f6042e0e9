"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.embed.aiohttp.middlewares import GlobusAuth as GlobusAuth
from globus_transport.embed.aiohttp.middlewares import StackMiddleware as StackMiddleware
