"""HTTP/1.1 as far as the benchmarks need it: it parses no more than it must, so that the clients set the pace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import parse_qs

from benchmarks.service import TASK, ZEROS, Service

_REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


def answer(status: int, body: bytes, *more: str) -> bytes:
    """A whole response."""
    head = [
        f"HTTP/1.1 {status} {_REASONS[status]}",
        "Server: benchmarks",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "X-Request-ID: 4f1c2c6d",
        *more,
    ]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


_TASK = answer(200, TASK)
_TASK_AND_CLOSE = answer(200, TASK, "Connection: close")


class Connection(asyncio.Protocol):
    """One connection.

    :param closing: close after the first answer
    """

    transport: asyncio.Transport

    def __init__(self, service: Service, closing: bool = False) -> None:
        self._service = service
        self._closing = closing
        self._received = b""
        self._sending: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._received and data.startswith(b"GET /v0.10/task/") and data.endswith(b"\r\n\r\n"):
            self._send_task()
            return
        self._received += data
        while self._take_request():
            pass

    def _send_task(self) -> None:
        if self._closing:
            self.transport.write(_TASK_AND_CLOSE)
            self.transport.close()
        else:
            self.transport.write(_TASK)

    def _take_request(self) -> bool:
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        request_line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            return False
        self._received = rest[length:]
        method, target, _ = request_line.split(" ")
        if target.startswith("http://"):
            # As a proxy is asked; every host is this one.
            target = "/" + target.split("/", 3)[3]
        path, _, query = target.partition("?")
        parameters = {name: values[0] for name, values in parse_qs(query).items()}
        self._answer(f"{method} /{path.split('/')[1]}", path, parameters, headers, rest[:length])
        return True

    def _answer(
        self, what: str, path: str, parameters: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> None:
        service, write = self._service, self.transport.write
        if path.startswith("/v0.10/task/"):
            self._send_task()
        elif path.startswith("/v0.10/endpoint/"):
            write(answer(200, TASK) if service.accepts(headers) else answer(401, b'{"code": "AuthenticationFailed"}'))
        elif path == "/v2/oauth2/token":
            status, document = service.grant(body)
            asyncio.get_running_loop().call_later(service.token_delay, write, answer(status, document))
        elif what == "POST /drop":
            service.counts["dropped"] += 1
            self.transport.close()
        elif what == "GET /away":
            write(answer(302, b"", f"Location: {parameters['to']}"))
        elif what == "GET /elsewhere":
            service.arrived_elsewhere(headers)
            write(answer(200, b"{}"))
        elif what == "GET /big":
            self._send_big(int(parameters["bytes"]))
        elif path == "/control/reset":
            service.reset(float(parameters["token_delay"]))
            write(answer(200, b"{}"))
        elif path == "/control/forget":
            service.forget_access_tokens()
            write(answer(200, b"{}"))
        elif path == "/control/counts":
            write(answer(200, json.dumps(service.counts).encode()))
        else:
            write(answer(404, b"{}"))

    def _send_big(self, length: int) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
        self.transport.write(head.encode("ascii"))
        self._sending = asyncio.ensure_future(self._send_zeros(length))

    async def _send_zeros(self, length: int) -> None:
        # From a file, by the kernel: writing them would take the server longer than reading takes the client.
        loop, zeros = asyncio.get_running_loop(), self._service.zeros
        while length:
            length -= await loop.sendfile(self.transport, zeros, 0, min(length, ZEROS))
