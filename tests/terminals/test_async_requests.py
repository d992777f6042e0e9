"""What the terminals for asyncio send."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    Request,
    RetryConfig,
    StreamBody,
)
from globus_transport.testing.loopback_server import (
    ScriptedServer,
    answering,
    in_turn,
    whole,
)
from tests.terminals.async_terminals import AsyncTerminal
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def test_what_is_sent_is_the_request_to_the_letter(run: Any) -> None:
    headers = [
        ("Accept", "a/b"),
        ("X-Two", "1"),
        ("x-two", "2"),
        ("Authorization", "Bearer t"),
        ("Content-Length", "7"),
    ]
    with ScriptedServer(answering(whole(b"ok"))) as server:
        url = f"{server.origin}/a%2Fb/../%7Ec?q=%20&r=a+b&s=é".replace("é", "%C3%A9")
        response = run(lambda terminal: terminal(Request("POST", url, headers, b"\x00body")))
        (got,) = server.requests
    assert response.body == b"ok"
    assert got.line == "POST /a%2Fb/../%7Ec?q=%20&r=a+b&s=%C3%A9 HTTP/1.1"
    assert got.body == b"\x00body"
    assert got.fields == [
        ("Host", f"127.0.0.1:{server.port}"),
        *headers[:4],
        ("Content-Length", "5"),
    ]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_method_that_may_have_a_body_says_that_there_is_none(run: Any, method: str) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(lambda terminal: terminal(Request(method, server.origin)))
        (got,) = server.requests
    assert got.fields == [("Host", f"127.0.0.1:{server.port}"), ("Content-Length", "0")]


def test_a_host_header_of_the_request_is_the_one_that_is_sent(run: Any) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(lambda terminal: terminal(Request("GET", server.origin, {"Host": "else.example.org"})))
        assert server.requests[0].fields == [("Host", "else.example.org")]


@pytest.mark.parametrize("length", [None, 9])
def test_a_body_is_streamed_up(run: Any, length: int | None) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        body = StreamBody.once(iter([b"one", b"two", b"", b"six"]), length)
        run(lambda terminal: terminal(Request("PUT", server.origin, body=body)))
        (got,) = server.requests
    assert got.body == b"onetwosix"
    assert got.values("Content-Length") == ([] if length is None else ["9"])
    assert got.values("Content-Type") == []


def test_a_body_that_blocks_does_not_hold_up_the_loop(run: Any) -> None:
    threads: list[int] = []

    def slow() -> Iterator[bytes]:
        for part in (b"a", b"b"):
            threads.append(threading.get_ident())
            time.sleep(0.2)
            yield part

    async def use(terminal: AsyncTerminal) -> int:
        sending = asyncio.ensure_future(terminal(Request("PUT", server.origin, body=StreamBody.once(slow()))))
        ticks = 0
        while not sending.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await sending
        return ticks

    with ScriptedServer(answering(whole(b"ok"))) as server:
        assert run(use) > 20
        assert server.requests[0].body == b"ab"
    assert threading.get_ident() not in threads


def test_a_large_body_and_a_file_arrive_whole(run: Any, tmp_path: Path) -> None:
    large = bytes(range(256)) * 9000
    file = tmp_path / "file"
    file.write_bytes(large)

    async def use(terminal: AsyncTerminal) -> None:
        await terminal(Request("PUT", server.origin, body=large))
        await terminal(Request("PUT", server.origin, body=StreamBody.file(str(file))))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(use)
        assert [request.body == large for request in server.requests] == [True, True]
        assert [request["Content-Length"] for request in server.requests] == [str(len(large))] * 2


def test_under_a_client(run: Any) -> None:
    async def use(terminal: AsyncTerminal) -> list[Any]:
        client = AsyncTransferClient(
            base_url=server.origin,
            authorizer=AccessTokenAuthorizer("t"),
            terminal=terminal,
            retry_config=RetryConfig(max_retries=0),
        )
        assert str(terminal) in str(client.stack)
        first = (await client.get_task("x"))["status"]
        await client.close()  # not the terminal, which is the user's
        return [first, (await client.get_task("x"))["status"]]

    with ScriptedServer(in_turn(*[whole(b'{"status": "ACTIVE"}')] * 2)) as server:
        assert run(use) == ["ACTIVE", "ACTIVE"]
        assert [request["Authorization"] for request in server.requests] == ["Bearer t"] * 2
