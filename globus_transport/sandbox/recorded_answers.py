"""Answers without state: the ready-made replies of the package, for the routes that a service here does not implement.

Such an answer has the form of the service's, and a header that says what it is. It depends on the route only: neither
the arguments of a call nor earlier calls change it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from globus_transport.routing.table import Declared, RouteTable

#: The header of an answer without state. Its value is the route's name.
HEADER = "X-Globus-Sandbox-Recorded"

# In the names of the endpoints of such answers.
_ENDPOINT = "recorded "
_PARAMETER = re.compile(r"{(\w+)}")


def add_recorded_answers(app: Flask, recordings: str, tables: Iterable[type[RouteTable]]) -> None:
    """Answer the routes of tables that an application does not have yet. Call it after the application's own routes.

    :param recordings: the name of the recordings, such as ``groups`` or ``compute.v2``
    """
    known = read_recordings(recordings)
    urls = app.url_map.bind("")
    for table in tables:
        for route in table.routes:
            if route.path.startswith("/") and not _answers(urls, route) and route.name in known:
                _add(app, recordings, route, known[route.name]["cases"]["default"])


@cache
def read_recordings(name: str) -> dict[str, Any]:
    """The recorded replies of a service, by the name of the route."""
    text = files("globus_transport").joinpath("testing", "recorded", f"{name}.json").read_text("utf-8")
    recordings: dict[str, Any] = json.loads(text)
    return recordings


def is_recorded(app: Flask, route: Declared) -> bool:
    """Whether an application's answer to a route is a recorded one.

    :raises HTTPException: if the application has no answer to it
    """
    endpoint, _ = app.url_map.bind("").match(_PARAMETER.sub("1", route.path), route.method)
    return str(endpoint).startswith(_ENDPOINT)


def _answers(urls: Any, route: Declared) -> bool:
    try:
        urls.match(_PARAMETER.sub("1", route.path), route.method)
    except HTTPException:
        return False
    return True


def _add(app: Flask, recordings: str, route: Declared, case: dict[str, Any]) -> None:
    # The reply to an operation, or to a list in pages, is that to its first request.
    reply = case["requests"][0][1] if "requests" in case else case
    status, media_type = reply.get("status", 200), reply.get("content_type", "application/json")
    content = json.dumps(reply["json"]) if "json" in reply else reply.get("body", "")

    def answer(**_path: str) -> Response:
        return Response(content, status, {HEADER: route.name}, content_type=media_type)

    path = _PARAMETER.sub(r"<\1>", route.path)
    app.add_url_rule(path, f"{_ENDPOINT}{recordings} {route.name}", answer, methods=[route.method])
