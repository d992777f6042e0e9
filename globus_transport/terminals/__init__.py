"""Terminals: where a stack ends and bytes move. Each imports its HTTP library, and nothing else does.

A terminal is a callable ``Request -> Response`` (a coroutine function, under asyncio). It sends one
request once: it does not retry, follow redirects, or read credentials from files. It raises
:class:`~globus_transport.errors.NetworkError` and its kinds, and says whether the request began.
"""
