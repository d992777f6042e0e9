"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.terminals.aiohttp.terminal import AiohttpTerminal as AiohttpTerminal
