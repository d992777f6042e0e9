"""A WSGI and an ASGI application that return predefined answers and record the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import attrs

from globus_transport.testing.loopback_server import Peer, Received, Script, head

Parts = Callable[[], Iterable[bytes]]


@attrs.frozen
class Answer:
    """A predefined answer of an application or a server.

    :ivar body: bytes, or a function that returns the parts of a body without a Content-Length
    :ivar fields: header fields, each ``Name: value``
    """

    body: bytes | Parts = b"ok"
    status: str = "200 OK"
    fields: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The header fields as pairs, with a Content-Length if the body is bytes."""
        pairs = [(name, value) for name, _, value in (field.partition(": ") for field in self.fields)]
        if isinstance(self.body, bytes) and self.has_body and not any(name == "Content-Length" for name, _ in pairs):
            pairs.append(("Content-Length", str(len(self.body))))
        return pairs

    @property
    def has_body(self) -> bool:
        """Whether the status allows a body (RFC 9110, section 6.4.1)."""
        return self.status[:3] not in ("204", "304")

    def parts(self) -> Iterator[bytes]:
        """The parts of the body."""
        return iter([self.body] if isinstance(self.body, bytes) else self.body())


def answer_script(*answers: Answer) -> Script:
    """A script that sends these answers, one for each request to the server. Their bodies must be bytes."""

    def script(peer: Peer) -> None:
        while True:
            peer.read_request()
            answer = answers[min(len(peer.server.requests), len(answers)) - 1]
            assert isinstance(answer.body, bytes)
            peer.send(head(answer.status, *(f"{name}: {value}" for name, value in answer.pairs)) + answer.body)

    return script


class LoopbackApplication:
    """The base of both applications.

    :param answers: one for each request; the last one answers all further requests
    :ivar origin: for the URLs of requests; no server listens there
    :ivar requests: all requests that were read
    """

    origin = "http://app.example.org:8080"

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers
        self.requests: list[Received] = []

    def __enter__(self) -> LoopbackApplication:
        return self

    def __exit__(self, *_error: object) -> None:
        """There is nothing to close; the method is here for ``with``."""

    def _next_answer(self, request: Received) -> Answer:
        self.requests.append(request)
        return self._answers[min(len(self.requests), len(self._answers)) - 1]


class WSGILoopback(LoopbackApplication):
    """The WSGI application. It raises what the parts of a body raise."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._next_answer(_received_from_environ(environ))
        start_response(answer.status, [(name, value) for name, value in answer.pairs])
        return answer.parts()


def _received_from_environ(environ: dict[str, Any]) -> Received:
    path = quote((environ["SCRIPT_NAME"] + environ["PATH_INFO"]).encode("latin-1"))
    query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
    fields = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")]
    framing = ("CONTENT_TYPE", "CONTENT_LENGTH")
    fields += [(name.replace("_", "-"), environ[name]) for name in framing if name in environ]
    line = f"{environ['REQUEST_METHOD']} {path}{query} {environ['SERVER_PROTOCOL']}"
    return Received(line, fields, environ["wsgi.input"].read())


class ASGILoopback(LoopbackApplication):
    """The ASGI application. It makes the parts of a body in a worker thread, and raises what they raise."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        has_more = True
        while has_more:
            message = await receive()
            body += message["body"]
            has_more = message["more_body"]
        answer = self._next_answer(_received_from_scope(scope, body))
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.pairs]
        await send({"type": "http.response.start", "status": int(answer.status[:3]), "headers": headers})
        parts = answer.parts()
        try:
            while (part := await asyncio.to_thread(next, parts, None)) is not None:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _received_from_scope(scope: Any, body: bytes) -> Received:
    query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
    line = f"{scope['method']} {scope['raw_path'].decode()}{query} HTTP/{scope['http_version']}"
    return Received(line, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]], body)
