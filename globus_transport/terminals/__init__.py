"""Terminals: where a stack ends and bytes move. Only the terminal for an HTTP library imports that library.

A terminal is a callable ``Request -> Response`` (a coroutine function, under asyncio). It sends one request once: it
does not retry, follow redirects, or read credentials from files. It raises
:class:`~globus_transport.exc.NetworkError` or one of its subclasses, which say whether the request began.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "terminals.aiohttp.terminal": ("AiohttpTerminal",),
    "terminals.asgi": ("ASGITerminal",),
    "terminals.asyncio.terminal": ("AsyncioTerminal",),
    "terminals.httpx.terminal": ("AsyncHttpxTerminal", "HttpxTerminal"),
    "terminals.requests": ("RequestsTerminal",),
    "terminals.threads": ("ThreadsTerminal",),
    "terminals.urllib3.terminal": ("Urllib3Terminal",),
    "terminals.wsgi": ("WSGITerminal",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
