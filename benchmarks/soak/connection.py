"""One connection of the faulty server. Requests are read and answered, and at any byte something may go wrong."""

from __future__ import annotations

import asyncio
import socket
import struct
from random import Random

import attrs

from benchmarks.soak.responses import SURPLUS, Message, make_refusal, make_response
from benchmarks.soak.service import Service

TOKEN_PATH = "/v2/oauth2/token"

_ENDED = (asyncio.IncompleteReadError, OSError)
# Of 100 requests, how many are met with each fault; with the others nothing goes wrong.
_REQUEST_FAULTS = {"cut": 2, "busy": 2, "too large": 1, "early answer": 6}
_RESPONSE_FAULTS = {"cut": 4, "reset": 4, "stall": 1, "surplus": 4, "drip": 4}
_STALLS = (0.05, 0.5, 4.0)
# Bytes that arrive in one piece. A surplus that comes in another piece than its response, when the client has sent its
# next request, is the answer to that request: HTTP/1 has nothing to tell it by.
_ONE_PIECE = 15_000


@attrs.frozen
class _Request:
    method: str
    call_id: str
    fields: dict[str, str]

    @property
    def is_grant(self) -> bool:
        """Whether it asks for tokens."""
        return self.call_id == TOKEN_PATH


class Connection:
    """Serves one connection until it ends.

    :param service: what the server knows
    :param random: decides what goes wrong
    :param is_tls: whether the end of the connection is announced by TLS
    """

    def __init__(
        self,
        service: Service,
        random: Random,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_tls: bool,
    ) -> None:
        self._service = service
        self._random = random
        self._reader = reader
        self._writer = writer
        self._is_tls = is_tls

    async def serve(self) -> None:
        """Read and answer requests until one side closes the connection."""
        try:
            if self._random.random() < 0.02:
                await self._cut_first_request()
            while await self._serve_request():
                pass
        except _ENDED:
            pass
        finally:
            self._writer.close()

    async def _cut_first_request(self) -> None:
        """End the connection after some bytes of its first request."""
        received = await self._reader.read(self._random.choice((1, 20, 200)))
        line, end, _ = received.partition(b"\r\n")
        if end and line.startswith(b"POST ") and TOKEN_PATH.encode() not in line:
            method, call_id, _ = line.decode("ascii").split(" ")
            self._service.begin(method, call_id)
        self._end(abruptly=self._random.random() < 0.5)
        raise ConnectionAbortedError

    async def _serve_request(self) -> bool:
        """:return: whether the connection stays open"""
        request = _parse_head(await self._reader.readuntil(b"\r\n\r\n"))
        if request.is_grant:
            return await self._answer_grant(request)
        fault = _choose(self._random, _REQUEST_FAULTS)
        if not self._service.accepts(request.fields.get("authorization", "")):
            return await self._refuse(request, "401 Unauthorized", 'WWW-Authenticate: Bearer error="invalid_token"')
        if fault == "busy":
            return await self._refuse(request, "503 Service Unavailable", "Retry-After: 0")
        if fault == "too large" and request.method in ("PUT", "POST"):
            return await self._refuse(request, "413 Content Too Large")
        self._service.begin(request.method, request.call_id)
        if fault == "cut":
            # Some of the body has arrived by now, or none.
            await self._reader.read(self._random.choice((1, 100, 100_000)) if _has_body(request) else 0)
            self._end(abruptly=self._random.random() < 0.5)
            return False
        is_early = fault == "early answer"
        if not is_early:
            await self._read_body(request)
        stays_open = await self._answer(make_response(self._random, request.method, request.call_id))
        if is_early and stays_open:
            await self._read_body(request)
        return stays_open

    async def _answer_grant(self, request: _Request) -> bool:
        # What goes wrong here goes wrong before the refresh token is replaced: a reply that is lost after that
        # costs any client its login.
        form = await self._read_bytes(request)
        await asyncio.sleep(self._random.random() * 0.03)
        if self._random.random() < 0.05:
            if self._random.random() < 0.5:
                return await self._answer_calmly(make_refusal("POST", "503 Service Unavailable", TOKEN_PATH))
            self._end(abruptly=self._random.random() < 0.5)
            return False
        status, document = self._service.grant(form)
        head = f"HTTP/1.1 {status} Answer\r\nX-Id: {TOKEN_PATH}\r\nContent-Type: application/json\r\n"
        content = f"{head}Content-Length: {len(document)}\r\n\r\n".encode() + document
        return await self._answer_calmly(Message(content, len(content) - len(document)))

    async def _answer_calmly(self, message: Message) -> bool:
        self._writer.write(message.content)
        await self._writer.drain()
        return True

    async def _refuse(self, request: _Request, status: str, *fields: str) -> bool:
        is_early = self._random.random() < 0.5
        if not is_early:
            await self._read_bytes(request)
        await self._answer_calmly(make_refusal(request.method, status, request.call_id, *fields))
        if is_early and _has_body(request):
            if self._random.random() < 0.5:
                return False
            await self._read_bytes(request)
        return True

    async def _answer(self, message: Message) -> bool:
        """Write a response, at times not as it should be.

        :return: whether the connection stays open
        """
        content, fault = message.content, _choose(self._random, _RESPONSE_FAULTS)
        if fault in ("cut", "reset", "stall"):
            content = content[: self._choose_place(message)]
        elif fault == "surplus" and not message.closes and len(content) < _ONE_PIECE:
            content += SURPLUS
        if fault == "drip":
            for start in range(0, min(len(content), 400), 40):
                self._writer.write(content[start : start + 40])
                await asyncio.sleep(0.002)
            content = content[400:]
        self._writer.write(content)
        await self._writer.drain()
        if fault == "stall":
            await asyncio.sleep(self._random.choice(_STALLS))
        if fault in ("cut", "reset", "stall"):
            # Over TLS an orderly end says that a body without a length is whole, which this one is not.
            self._end(abruptly=fault == "reset" or (message.closes and self._is_tls))
        return fault not in ("cut", "reset", "stall") and not message.closes

    def _choose_place(self, message: Message) -> int:
        """A place to cut: each byte of the head is as likely as all others."""
        end = message.head_size if self._random.random() < 0.5 else len(message.content)
        return self._random.randrange(end)

    def _end(self, abruptly: bool) -> None:
        if abruptly:
            sock = self._writer.get_extra_info("socket")
            # None if the client has ended a connection with TLS meanwhile.
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        else:
            self._writer.close()

    async def _read_body(self, request: _Request) -> None:
        if _has_body(request):
            self._service.check_body(request.call_id, await self._read_bytes(request))

    async def _read_bytes(self, request: _Request) -> bytes:
        if "chunked" in request.fields.get("transfer-encoding", ""):
            chunks: list[bytes] = []
            while True:
                size = int(await self._reader.readline() or b"0", 16)
                chunk = await self._reader.readexactly(size + 2)
                if not size:
                    return b"".join(chunks)
                chunks.append(chunk[:-2])
        return await self._reader.readexactly(int(request.fields.get("content-length", "0")))


def _parse_head(head: bytes) -> _Request:
    line, *lines = head.decode("ascii").rstrip("\r\n").split("\r\n")
    method, call_id, _ = line.split(" ")
    fields = (field.partition(":") for field in lines)
    return _Request(method, call_id, {name.lower(): value.strip() for name, _, value in fields})


def _has_body(request: _Request) -> bool:
    return "transfer-encoding" in request.fields or request.fields.get("content-length", "0") != "0"


def _choose(random: Random, faults: dict[str, int]) -> str:
    """One of the faults, each as often as it says of 100 times; else an empty text."""
    place = random.random() * 100
    for fault, share in faults.items():
        place -= share
        if place < 0:
            return fault
    return ""
