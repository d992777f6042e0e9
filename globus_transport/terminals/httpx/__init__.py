"""Terminals over an ``httpx.Client`` and an ``httpx.AsyncClient`` (extra ``httpx``)."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "terminals.httpx.terminal": ("AsyncHttpxTerminal", "HttpxTerminal"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
