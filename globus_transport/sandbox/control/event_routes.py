"""The page for people, and the events that keep it up to date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files

from flask import Flask, Response, request

from globus_transport.sandbox.control.sandbox_routes import describe, request_document
from globus_transport.sandbox.local_globus import LocalGlobus

# A comment after this many seconds without a request, so that both sides notice a connection that is gone.
_PAUSE = 15.0


def install_event_routes(app: Flask, sandbox: LocalGlobus, prefix: str) -> None:
    """Add the routes to an application."""

    @app.get("/")
    def show_page() -> Response:
        """A page that shows the state and the requests as they happen."""
        page = files("globus_transport").joinpath("sandbox", "control", "page.html").read_text("utf-8")
        headers = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}
        return Response(page, headers=headers, content_type="text/html; charset=utf-8")

    @app.get(f"{prefix}/events")
    def send_events() -> Response:
        """The answered requests as they happen, as server-sent events (HTML, section 9.2). The first is the info."""
        events = _events(sandbox, describe(sandbox, request.host_url))
        return Response(events, content_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _events(sandbox: LocalGlobus, info: object) -> Iterator[str]:
    yield _event("info", info)
    seen, goes_on = 0, True
    while goes_on:
        answered, seen = sandbox.requests.answers_since(seen)
        for received in answered:
            yield _event("request", request_document(received))
        goes_on = sandbox.requests.wait(seen, _PAUSE)
        if not answered:
            yield ": still here\n\n"


def _event(kind: str, document: object) -> str:
    return f"event: {kind}\ndata: {json.dumps(document)}\n\n"
