"""The requests that both packages send for the pages of one list."""

from __future__ import annotations

import json
from typing import Any

import globus_sdk

import globus_transport
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.wire.both_packages import Call, make_client

#: For each request its method and target, and its JSON body.
Sent = list[tuple[str, Any]]


def pages_asked_by_both(client: str, call: Call, pages: list[dict[str, Any]]) -> tuple[Sent, Sent]:
    """Go through a list with globus-sdk and with this package.

    :param call: is given a client and its package, and returns the items of all pages
    :param pages: the replies, one after the other. Their items have an ``id``, or a ``subject``
    """
    theirs, ours = (_pages_asked(package, client, call, pages) for package in (globus_sdk, globus_transport))
    return theirs, ours


def _pages_asked(package: Any, name: str, call: Call, pages: list[dict[str, Any]]) -> Sent:
    documents = [whole(json.dumps(page).encode(), "200 OK", "Content-Type: application/json") for page in pages]
    with ScriptedServer(answering(*documents)) as server:
        client = make_client(package, name, server.origin)
        try:
            items: Any = call(client, package)
            assert list(items) == [item for page in pages for item in _items(page)]
        finally:
            client.close()
    assert len(server.requests) == len(pages)
    return [(request.line, json.loads(request.body or b"null")) for request in server.requests]


def _items(page: dict[str, Any]) -> list[Any]:
    (items,) = [value for value in page.values() if isinstance(value, list)]
    return items
