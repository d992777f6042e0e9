"""The terminal over a session of aiohttp: whose the session is, and what it must not do by itself."""

from __future__ import annotations

import asyncio
import gzip
import pickle
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from globus_transport import AiohttpTerminal, GlobusConnectionError, GlobusSDKUsageError, Request, Response
from globus_transport.testing.loopback_server import ScriptedServer, answering, silent, whole
from tests.terminals.async_terminals import with_session
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def test_neither_netrc_nor_what_the_session_knows_of_credentials_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    own = {"X-Session": "1", "Authorization": "Bearer of the session, to whatever origin"}

    async def main(origin: str) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies({"biscuit": "c"})
        async with aiohttp.ClientSession(trust_env=True, cookie_jar=jar) as session:
            await session.get(origin)  # so the .netrc file and the cookie jar work
            await AiohttpTerminal(session)(Request("GET", origin))
            await AiohttpTerminal(session)(Request("GET", origin, {"Authorization": "Bearer mine", "Cookie": "m=1"}))
        async with aiohttp.ClientSession(headers=own) as session:
            await AiohttpTerminal(session)(Request("GET", origin))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
        seen = [(request.values("Authorization"), request.values("Cookie")) for request in server.requests]
        assert server.requests[3].values("X-Session") == ["1"]
    assert seen[0][0][0].startswith("Basic ")
    assert seen[0][1] == ["biscuit=c"]
    assert seen[1:] == [([], []), (["Bearer mine"], ["m=1"]), ([], [])]


def test_no_cookie_is_kept() -> None:
    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            response = await AiohttpTerminal(session)(Request("GET", origin))
            assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
            assert len(session.cookie_jar) == 0
            await session.get(origin)
            assert len(session.cookie_jar) == 2

    with ScriptedServer(answering(whole(b"ok", "200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2"))) as server:
        asyncio.run(main(server.origin))


def test_the_middlewares_of_a_session_are_run() -> None:
    seen: list[str] = []

    async def watching(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
        seen.append(request.headers["X-Mine"])
        response: aiohttp.ClientResponse = await handler(request)
        return response

    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(middlewares=(watching,)) as session:
            await AiohttpTerminal(session)(Request("GET", origin, {"X-Mine": "1"}))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
    assert seen == ["1"]


def test_a_session_that_raises_for_a_status_does_not_do_it_here() -> None:
    async def main(origin: str) -> Response:
        async with aiohttp.ClientSession(raise_for_status=True, auto_decompress=False) as session:
            return await AiohttpTerminal(session)(Request("GET", origin))

    packed = gzip.compress(b"no")
    with ScriptedServer(answering(whole(packed, "404 Not Here", "Content-Encoding: gzip"))) as server:
        response = asyncio.run(main(server.origin))
    assert (response.status, response.reason, response.body) == (404, "Not Here", b"no")


def test_a_closed_session_is_named() -> None:
    async def main() -> None:
        session = aiohttp.ClientSession()
        await session.close()
        with pytest.raises(GlobusSDKUsageError, match="session of the terminal is closed"):
            await AiohttpTerminal(session)(Request("GET", "http://127.0.0.1:9"))

    asyncio.run(main())


def test_a_session_of_another_event_loop_is_named() -> None:
    async def open_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def send(session: aiohttp.ClientSession) -> None:
        with pytest.raises(GlobusSDKUsageError, match="another event loop"):
            await AiohttpTerminal(session)(Request("GET", "http://127.0.0.1:9"))

    with asyncio.Runner() as first:
        session = first.run(open_session())
        asyncio.run(send(session))
        first.run(session.close())


def test_a_connection_that_is_lost_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = aiohttp.TCPConnector.connect

    async def lose(self: aiohttp.TCPConnector, *args: Any, **options: Any) -> Any:
        connection = await connect(self, *args, **options)
        assert connection.transport is not None
        connection.transport.abort()
        await asyncio.sleep(0.01)
        return connection

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", lose)
    with ScriptedServer(silent) as server, pytest.raises(GlobusConnectionError, match="the connection broke"):
        with_session(lambda terminal: terminal(Request("GET", server.origin)))


def test_settings_that_are_no_use() -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(GlobusSDKUsageError, match="http_timeout"):
                AiohttpTerminal(session, http_timeout=0)
            with pytest.raises(GlobusSDKUsageError, match="connect_timeout"):
                AiohttpTerminal(session, connect_timeout=-1)
            with pytest.raises(GlobusSDKUsageError, match="cannot be pickled"):
                pickle.dumps(AiohttpTerminal(session))
            assert str(AiohttpTerminal(session)) == "aiohttp, a session of the program, time-out 60 s"

    asyncio.run(main())
    with pytest.raises(GlobusSDKUsageError, match=r"expected an aiohttp.ClientSession, got a object"):
        AiohttpTerminal(object())  # type: ignore[arg-type]
