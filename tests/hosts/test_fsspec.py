"""The http filesystem of fsspec, which has an aiohttp session inside, sends the credential of an authorizer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fsspec", reason="install the extra hosts: pip install 'globus_transport[hosts]'")
pytest.importorskip("aiohttp", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import aiohttp
import fsspec

from globus_transport import AccessTokenAuthorizer, RefreshTokenAuthorizer
from globus_transport.embed.aiohttp import GlobusAuth
from globus_transport.testing.loopback_server import Peer, Received, ScriptedServer, head, whole

CONTENT = bytes(range(256)) * 300


class Files:
    """Serves one file, whole and in ranges, to requests with token-2."""

    def __call__(self, peer: Peer) -> None:
        while True:
            peer.send(self._answer(peer.read_request()))

    def _answer(self, request: Received) -> bytes:
        if request.values("Authorization") != ["Bearer token-2"]:
            return whole(b"", "401 Unauthorized")
        if request.line.startswith("HEAD"):
            return head("200 OK", f"Content-Length: {len(CONTENT)}", "Accept-Ranges: bytes")
        if not request.values("Range"):
            return whole(CONTENT, "200 OK", "Accept-Ranges: bytes")
        start, end = map(int, request["Range"].removeprefix("bytes=").split("-"))
        part = CONTENT[start : end + 1]
        return whole(
            part, "206 Partial Content", f"Content-Range: bytes {start}-{start + len(part) - 1}/{len(CONTENT)}"
        )


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(Files()) as server:
        yield server


def _filesystem(auth: GlobusAuth, **options: Any) -> Any:
    return fsspec.filesystem("http", client_kwargs={"middlewares": (auth,)}, **options)


def test_a_file_is_read_and_the_refused_token_renewed_once(
    server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    filesystem = _filesystem(GlobusAuth(authorizer, server.origin))
    url = f"{server.origin}/file"
    assert filesystem.cat_file(url) == CONTENT
    with filesystem.open(url, block_size=1000) as file:
        file.seek(500)
        assert file.read(100) == CONTENT[500:600]
    assert filesystem.cat_ranges([url, url, url], [0, 10, 20], [5, 15, 25]) == [
        CONTENT[0:5],
        CONTENT[10:15],
        CONTENT[20:25],
    ]
    sent = [request["Authorization"] for request in server.requests]
    assert sent == ["Bearer token-1"] + ["Bearer token-2"] * (len(sent) - 1)


def test_a_session_of_the_program_s_own(server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    async def get_client(**settings: Any) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, server.origin),), **settings)

    filesystem = fsspec.filesystem("http", get_client=get_client)
    assert filesystem.cat_file(f"{server.origin}/file", start=5, end=9) == CONTENT[5:9]


def test_under_asyncio(server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    async def main() -> list[bytes]:
        filesystem = _filesystem(GlobusAuth(authorizer, server.origin), asynchronous=True)
        session = await filesystem.set_session()
        try:
            contents = await asyncio.gather(*(filesystem._cat_file(f"{server.origin}/file") for _ in range(5)))
            return list(contents)
        finally:
            await session.close()

    assert asyncio.run(asyncio.wait_for(main(), 20)) == [CONTENT] * 5
    assert {request["Authorization"] for request in server.requests} == {"Bearer token-1", "Bearer token-2"}


def test_two_users_do_not_get_one_filesystem(server: ScriptedServer) -> None:
    mine, another = (
        _filesystem(GlobusAuth(AccessTokenAuthorizer(token), server.origin)) for token in ("token-2", "wrong")
    )
    assert mine is not another
    assert mine.cat_file(f"{server.origin}/file") == CONTENT
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        another.cat_file(f"{server.origin}/file")
