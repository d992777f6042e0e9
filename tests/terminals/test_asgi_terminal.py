"""The terminal over an ASGI application."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    ASGITerminal,
    AsyncTransferClient,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    ReplyFormatError,
    Request,
    Response,
    StreamBody,
)
from globus_transport.http.bodies import AsyncByteStream

ORIGIN = "https://app.example.org:8443"


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(part: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": more}


class App:
    """Sends these messages, and records what it receives."""

    def __init__(self, *messages: Any) -> None:
        self.messages = messages
        self.scope: Any = {}
        self.parts: list[bytes] = []
        self.disconnected = False
        self.cancelled = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        more = True
        while more:
            message = await receive()
            self.parts.append(message["body"])
            more = message["more_body"]
        try:
            for message in self.messages:
                if isinstance(message, BaseException):
                    raise message
                if message == "wait":
                    await asyncio.Event().wait()
                await send(message)
            self.disconnected = (await receive())["type"] == "http.disconnect"
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def send(app: Any, request: Request, **settings: Any) -> Response:
    return asyncio.run(ASGITerminal(app, **settings)(request))


def get(path: str = "/", **fields: Any) -> Request:
    return Request("GET", ORIGIN + path, **fields)


def test_what_the_application_is_told() -> None:
    app = App(start(), body(b"ok"))
    request = Request("POST", f"{ORIGIN}/root/a%2Fb%C3%BC?q=%20", [("X-Two", "1"), ("X-Two", "é")], b"body")
    send(app, request, root_path="/root")
    scope = app.scope
    assert (scope["type"], scope["method"], scope["scheme"], scope["http_version"]) == ("http", "POST", "https", "1.1")
    assert scope["path"] == "/root/a/bü"
    assert scope["raw_path"] == b"/root/a%2Fb%C3%BC"
    assert (scope["query_string"], scope["root_path"], scope["server"]) == (
        b"q=%20",
        "/root",
        ("app.example.org", 8443),
    )
    assert scope["headers"] == [
        (b"host", b"app.example.org:8443"),
        (b"x-two", b"1"),
        (b"x-two", b"\xe9"),
        (b"content-length", b"4"),
    ]
    assert b"".join(app.parts) == b"body"


@pytest.mark.parametrize(
    ("length", "framing"), [(None, (b"transfer-encoding", b"chunked")), (4, (b"content-length", b"4"))]
)
def test_a_body_in_parts(length: int | None, framing: tuple[bytes, bytes]) -> None:
    app = App(start(), body(b""))
    send(app, Request("PUT", ORIGIN, body=StreamBody.once([b"ab", b"cd"], length)))
    assert app.parts == [b"ab", b"cd", b""]
    assert framing in app.scope["headers"]


@pytest.mark.parametrize("stream", [True, False])
def test_what_comes_back(stream: bool) -> None:
    app = App(start(203, (b"x-two", b"1"), (b"x-two", b"2")), body(b"one ", True), body(b"", True), body(b"two"))

    async def main() -> None:
        response = await ASGITerminal(app)(get(stream=stream))
        assert response.status == 203
        assert [pair for pair in response.headers.pairs if pair[0] == "x-two"] == [("x-two", "1"), ("x-two", "2")]
        if stream:
            assert isinstance(response.stream, AsyncByteStream)
            assert [part async for part in response.stream] == [b"one ", b"two"]
        else:
            assert response.body == b"one two"

    asyncio.run(main())


@pytest.mark.parametrize("stream", [True, False])
def test_an_encoded_body(stream: bool) -> None:
    packed = gzip.compress(b"hello")
    app = App(start(200, (b"content-encoding", b"gzip")), body(packed[:5], True), body(packed[5:]))

    async def main() -> bytes:
        response = await ASGITerminal(app)(get(stream=stream))
        return response.body if response.stream is None else await response.stream.read()  # type: ignore[misc]

    assert asyncio.run(main()) == b"hello"


@pytest.mark.parametrize("request_", [Request("HEAD", ORIGIN), get()])
def test_no_body_where_none_is_due(request_: Request) -> None:
    status = 200 if request_.method == "HEAD" else 304
    assert send(App(start(status), body(b"too much")), request_).body == b""


def test_a_large_body_waits_for_its_reader() -> None:
    sent = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal sent
        await send(start())
        for _ in range(100):
            await send(body(b"x" * 1000, True))
            sent += 1
        await send(body(b""))

    async def main() -> None:
        response = await ASGITerminal(app)(get(stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        for _ in range(20):
            await asyncio.sleep(0)
        assert sent < 20
        assert len(await response.stream.read()) == 100_000

    asyncio.run(main())


def test_closing_early_ends_the_application() -> None:
    app = App(start(), body(b"first", True), "wait")

    async def main() -> None:
        response = await ASGITerminal(app)(get(stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        parts: Any = aiter(response.stream)
        assert await anext(parts) == b"first"
        await response.stream.close()
        await response.stream.close()
        await parts.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        with pytest.raises(GlobusSDKUsageError, match="closed before"):
            [part async for part in response.stream]

    asyncio.run(main())
    assert app.cancelled


@pytest.mark.parametrize("messages", [("wait",), (start(), "wait")])
def test_cancelling_ends_the_application(messages: Any) -> None:
    app = App(*messages)

    async def main() -> None:
        task = asyncio.create_task(ASGITerminal(app)(get()))
        while not app.parts:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert app.cancelled


@pytest.mark.parametrize("messages", [("wait",), (start(), body(b"x", True), "wait")])
def test_the_deadline(messages: Any) -> None:
    app = App(*messages)
    with pytest.raises(GlobusTimeoutError, match="deadline"):
        send(app, get(deadline=time.monotonic() + 0.05))
    assert app.cancelled


@pytest.mark.parametrize("messages", [(ValueError("mine"),), (start(), body(b"x", True), ValueError("mine"))])
def test_what_the_application_raises_the_caller_gets(messages: Any) -> None:
    with pytest.raises(ValueError, match="mine"):
        send(App(*messages), get())


@pytest.mark.parametrize("messages", [(), (start(), body(b"x", True))])
def test_an_application_that_cancels_itself(messages: Any) -> None:
    with pytest.raises(ReplyFormatError, match="was cancelled before its end"):
        send(App(*messages, asyncio.CancelledError()), get())


def test_where_the_application_is() -> None:
    app = App(start(), body(b""))
    send(app, Request("GET", "http://[::1]/%C3%BC/x"), root_path="/\xfc")
    assert app.scope["server"] == ("::1", 80)
    assert app.scope["path"] == "/\xfc/x"
    assert (b"host", b"[::1]") in app.scope["headers"]


def _ends(*messages: Any) -> Callable[..., Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((), "ended without http.response.start"),
        ((start(), body(b"x", True)), "ended in the middle of its body"),
        ((body(b"x"),), "sent 'http.response.body' at a point where this is not allowed"),
        ((start(), start()), "sent 'http.response.start' at a point where this is not allowed"),
        ((start("200"),), "gave '200' as its status"),  # type: ignore[arg-type]
        ((start(200, ("a", "b")),), "gave headers that cannot be sent"),  # type: ignore[arg-type]
        ((start(200, (b"a", b"b\r\nc: d")),), "gave headers that cannot be sent"),
        ((start(), {"type": "http.response.body", "body": "text"}), "has to give bytes"),
    ],
)
def test_an_application_that_breaks_the_specification(messages: Any, said: str) -> None:
    with pytest.raises(ReplyFormatError, match=said):
        send(_ends(*messages), get())


def test_a_client_over_it() -> None:
    app = App(start(200, (b"content-type", b"application/json")), body(b'{"DATA": []}'))

    async def main() -> None:
        authorizer = AccessTokenAuthorizer("t")
        async with AsyncTransferClient(authorizer=authorizer, terminal=ASGITerminal(app)) as client:
            assert (await client.task_list())["DATA"] == []

    asyncio.run(main())
    assert (b"authorization", b"Bearer t") in app.scope["headers"]


def test_settings_and_print() -> None:
    with pytest.raises(GlobusSDKUsageError, match="root_path='x'"):
        ASGITerminal(App(), root_path="x")
    with pytest.raises(GlobusSDKUsageError, match="mounted at '/here'"):
        send(App(), get("/there"), root_path="/here")
    assert str(ASGITerminal(_ends(), root_path="/a")) == (
        "ASGI application _ends.<locals>.app in this event loop, mounted at /a"
    )


def test_what_an_application_does_after_its_answer() -> None:
    done: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"ok"))
        await asyncio.sleep(0.01)
        done.append("a job in the background")

    assert send(app, get()).body == b"ok"
    assert done

    with pytest.raises(ValueError, match="late"):
        send(App(start(), body(b"ok"), ValueError("late")), get())
