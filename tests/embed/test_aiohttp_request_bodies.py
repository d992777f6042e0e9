"""What a layer inside aiohttp can read of the bodies that the session's caller sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from globus_transport import Flow, GlobusSDKUsageError, Request, Response, StreamBody
from globus_transport.embed.aiohttp import StackMiddleware
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

CONTENT = b"0123456789" * 30_000
BUSY = whole(b"busy", "503 Busy")


def form_with_file() -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(CONTENT), filename="x")
    return form


async def generated() -> AsyncIterator[bytes]:
    yield b"x"


def text_file() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(b"text"))


def post(make_body: Callable[[], Any], middleware: Any) -> list[bytes]:
    """Post a body through a layer; what the server received."""

    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(middlewares=(StackMiddleware([middleware]),)) as session:
            await (await session.post(origin, data=make_body())).read()

    with ScriptedServer(answering(BUSY, whole())) as server:
        asyncio.run(asyncio.wait_for(main(server.origin), 10))
        return [request.body for request in server.requests]


def read_whole(request: Request) -> bytes:
    body = request.body
    assert isinstance(body, StreamBody)
    assert body.readable
    assert body.replayable
    return b"".join(body.open())


@pytest.mark.parametrize("offset", [0, 7])
def test_a_file_is_read_before_and_between_two_sends(tmp_path: Path, offset: int) -> None:
    read: list[bytes] = []

    def reads_and_repeats(request: Request) -> Flow:
        read.append(read_whole(request))
        response: Response = yield request
        if response.status == 503:
            read.append(read_whole(request))
            response = yield request
        return response

    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        file.seek(offset)
        sent = post(lambda: file, reads_and_repeats)
    assert sent == read == [CONTENT[offset:]] * 2


@pytest.mark.parametrize("make_body", [form_with_file, text_file, generated])
def test_a_layer_is_told_what_it_cannot_read(make_body: Callable[[], Any]) -> None:
    seen: list[StreamBody] = []

    def looks(request: Request) -> Request:
        assert isinstance(request.body, StreamBody)
        seen.append(request.body)
        if make_body is form_with_file:
            # Sending it again is aiohttp's part, which can read it.
            assert request.body.replayable
        return request

    post(make_body, looks)
    (body,) = seen
    assert not body.readable
    with pytest.raises(GlobusSDKUsageError, match="only aiohttp can read"):
        body.open()
