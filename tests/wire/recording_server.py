"""A server on the loopback interface that writes down what it is sent, and has an answer for every call."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = {
    "access_token": "issued",
    "resource_server": "service",
    "scope": "one two",
    "token_type": "Bearer",
    "expires_in": 172800,
    "other_tokens": [],
}
#: Read by every call that looks into its reply.
DOCUMENT = {**TOKEN, "value": "an-id", "status": "SUCCEEDED", "task_id": "a-task", "DATA": [], "identities": []}
_COMPARED_HEADERS = ("Accept", "Authorization", "Content-Type", "X-Extra")


@dataclass(frozen=True)
class Recorded:
    """One request, in a form in which two that mean the same are equal."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any


class RecordingServer:
    """Serves until it is closed.

    :ivar requests: what came, in comparable form
    :ivar headers: all the header fields that came, for each request
    """

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.headers: list[dict[str, str]] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                recorder.record(self.command, self.path, dict(self.headers.items()), body)
                document = {**DOCUMENT, "jwks_uri": f"{recorder.url}/jwk.json"}
                answer: Any = [document] if b"dependent_token" in body else document
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer

            def log_message(self, format: str, *args: Any) -> None:
                """What came is in the record."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that keeps its connection open must not keep the test from ending.
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def record(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        compared = {name: headers[name] for name in _COMPARED_HEADERS if name in headers}
        if not body and "Content-Length" in headers:
            compared["Content-Length"] = headers["Content-Length"]
        self.headers.append(headers)
        self.requests.append(Recorded(method, parts.path, query, compared, _readable(headers, body)))

    def take(self) -> list[Recorded]:
        """What came since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _readable(headers: dict[str, str], body: bytes) -> Any:
    kind = headers.get("Content-Type", "").partition(";")[0]
    if kind == "application/json":
        return json.loads(body)
    if kind == "application/x-www-form-urlencoded":
        return sorted(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    return body
