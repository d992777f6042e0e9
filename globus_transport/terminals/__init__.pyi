"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.terminals.aiohttp.terminal import AiohttpTerminal as AiohttpTerminal
from globus_transport.terminals.asgi import ASGITerminal as ASGITerminal
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal as AsyncioTerminal
from globus_transport.terminals.httpx.terminal import AsyncHttpxTerminal as AsyncHttpxTerminal
from globus_transport.terminals.httpx.terminal import HttpxTerminal as HttpxTerminal
from globus_transport.terminals.requests import RequestsTerminal as RequestsTerminal
from globus_transport.terminals.threads import ThreadsTerminal as ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal as Urllib3Terminal
from globus_transport.terminals.wsgi import WSGITerminal as WSGITerminal
