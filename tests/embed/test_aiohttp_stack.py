"""Layers inside a ClientSession: they run around aiohttp, whose users get the usual responses and exceptions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import attrs
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncByteStream,
    AsyncioTerminal,
    AsyncStack,
    Deadline,
    DefaultHeaders,
    Flow,
    GlobusSDKUsageError,
    Headers,
    Hedge,
    MiddlewareError,
    NetworkError,
    Read,
    Redirect,
    Request,
    Response,
    Retry,
    RetryConfig,
    StreamBody,
)
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp.middlewares import GlobusAuth, StackMiddleware
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole

BUSY = whole(b"busy", "503 Busy", "Retry-After: 0")


def _run(middleware: Any, method: str, url: str, **options: Any) -> tuple[int, bytes, aiohttp.ClientResponse]:
    async def main() -> tuple[int, bytes, aiohttp.ClientResponse]:
        async with (
            aiohttp.ClientSession(middlewares=(middleware,)) as session,
            session.request(method, url, **options) as reply,
        ):
            return reply.status, await reply.read(), reply

    return asyncio.run(asyncio.wait_for(main(), 10))


def test_layers_run_around_aiohttp() -> None:
    layers: list[LayerLike] = [
        Retry(),
        DefaultHeaders({"X-Layer": "1"}),
        AccessTokenAuthorizer("t").bound_to("http://127.0.0.1:1"),
    ]
    with ScriptedServer(answering(BUSY, whole(b"in"))) as server:
        assert _run(StackMiddleware(layers), "PUT", server.origin, data=b"payload")[:2] == (200, b"in")
        assert [(request["X-Layer"], request.body) for request in server.requests] == [("1", b"payload")] * 2
        assert server.requests[0].values("Authorization") == []
        assert server.connections == 1


def test_an_answer_that_layers_read_is_still_there_for_the_caller() -> None:
    with ScriptedServer(answering(BUSY)) as server:
        layers = [Retry(RetryConfig(max_retries=1))]
        status, body, reply = _run(StackMiddleware(layers), "GET", f"{server.origin}/x")
        assert (status, body) == (503, b"busy")
        assert reply.headers["Retry-After"] == "0"
        with pytest.raises(aiohttp.ClientResponseError, match="503"):
            reply.raise_for_status()
        assert len(server.requests) == 2


def test_a_stack_gives_its_layers_and_aiohttp_is_the_terminal() -> None:
    async def main(origin: str) -> bytes:
        stack = AsyncStack(AsyncioTerminal(), [DefaultHeaders({"X-Layer": "1"})])
        async with (
            aiohttp.ClientSession(middlewares=(StackMiddleware(stack),)) as session,
            session.get(origin) as reply,
        ):
            return await reply.read()

    with ScriptedServer(answering(whole(b"in"))) as server:
        assert asyncio.run(main(server.origin)) == b"in"
        assert server.requests[0]["X-Layer"] == "1"
        assert "aiohttp" in server.requests[0]["User-Agent"]


def test_where_no_answer_comes_the_exception_is_aiohttps_own() -> None:
    seen: list[Exception] = []

    def watching(request: Request) -> Flow:
        try:
            response: Response = yield request
        except NetworkError as error:
            seen.append(error)
            raise
        return response

    def drop(peer: Peer) -> None:
        peer.read_request()

    with ScriptedServer(drop) as server, pytest.raises(aiohttp.ServerDisconnectedError):
        _run(StackMiddleware([watching]), "POST", server.origin, data=b"x")
    assert len(seen) == 1


def test_an_error_of_the_layers_own_is_raised_as_it_is() -> None:
    def refuses(request: Request) -> Flow:
        if request.method == "GET":
            raise NetworkError("not today")
        response: Response = yield request
        return response

    with pytest.raises(NetworkError, match="not today"):
        _run(StackMiddleware([refuses]), "GET", "http://127.0.0.1:9")


def test_layers_may_change_address_method_and_body() -> None:
    def changes(request: Request) -> Flow:
        changed = attrs.evolve(request, method="PATCH", url=request.url.resolve("/b%2Fc?q=1"), body=b"longer payload")
        response: Response = yield changed.with_header("Content-Type", "a/b")
        return response

    for body in (b"payload", None):
        with ScriptedServer(answering(whole(b"in"))) as server:
            _, _, reply = _run(StackMiddleware([changes]), "POST", f"{server.origin}/a", data=body)
            (got,) = server.requests
        assert got.line == "PATCH /b%2Fc?q=1 HTTP/1.1"
        assert got.body == b"longer payload"
        assert (got["Content-Length"], got["Content-Type"]) == ("14", "a/b")
        assert str(reply.url) == f"{server.origin}/b%2Fc?q=1"


@pytest.mark.parametrize("body", [b"first", None])
def test_a_request_that_was_changed_can_be_sent_again_as_it_was(body: bytes | None) -> None:
    def back_and_forth(request: Request) -> Flow:
        yield request
        yield Read((yield attrs.evolve(request, method="PATCH", url=request.url.resolve("/b"), body=b"other")))
        response: Response = yield request
        return response

    with ScriptedServer(answering(whole(b"in"))) as server:
        assert _run(StackMiddleware([back_and_forth]), "POST", f"{server.origin}/a", data=body)[:2] == (200, b"in")
        seen = [(sent.line.rpartition(" ")[0], sent.body, sent["Content-Length"]) for sent in server.requests]
    sent = body or b""
    assert sorted(seen) == sorted(
        [
            ("POST /a", sent, str(len(sent))),
            ("PATCH /b", b"other", "5"),
            ("POST /a", sent, str(len(sent))),
        ]
    )


def test_layers_may_follow_redirects() -> None:
    with ScriptedServer(answering(whole(b"there"))) as other:
        away = head("302 Found", f"Location: {other.origin}/x", "Content-Length: 0")
        with ScriptedServer(answering(away)) as server:
            layers: list[LayerLike] = [Redirect(), AccessTokenAuthorizer("t").bound_to(server.origin)]
            options = {"allow_redirects": False, "headers": {"Cookie": "a=1"}}
            assert _run(StackMiddleware(layers), "GET", server.origin, **options)[:2] == (200, b"there")
            assert server.requests[0]["Authorization"] == "Bearer t"
        (got,) = other.requests
    assert (got.values("Authorization"), got.values("Cookie")) == ([], [])
    assert got["Host"] == f"127.0.0.1:{other.port}"


def test_a_layer_may_answer_by_itself() -> None:
    def from_memory(request: Request) -> Flow:
        if request.method == "GET":
            return Response(
                203, Headers({"X-From": "memory", "Content-Type": "application/json"}), b"[1]", reason="Kept"
            )
        response: Response = yield request
        return response

    async def main() -> None:
        middleware = StackMiddleware([from_memory])
        async with (
            aiohttp.ClientSession(middlewares=(middleware,)) as session,
            session.get("http://127.0.0.1:9/x", raise_for_status=True) as reply,
        ):
            assert (reply.status, reply.reason, reply.headers["x-from"]) == (203, "Kept", "memory")
            assert await reply.json() == [1]
            assert await reply.content.read() == b"[1]"
            assert str(reply.url) == "http://127.0.0.1:9/x"

    asyncio.run(main())


def test_a_layer_may_change_the_answer() -> None:
    def changes(request: Request) -> Flow:
        response: Response = yield Read((yield request))
        return attrs.evolve(response, status=299, headers=response.headers.with_header("X-Layer", "1"), body=b"other")

    def changes_the_head(request: Request) -> Flow:
        response: Response = yield request
        return attrs.evolve(response, headers=response.headers.with_header("X-Layer", "1"))

    with ScriptedServer(answering(whole(b"in"))) as server:
        status, body, reply = _run(StackMiddleware([changes]), "GET", server.origin)
        assert (status, body, reply.headers["X-Layer"]) == (299, b"other", "1")
        status, body, reply = _run(StackMiddleware([changes_the_head]), "GET", server.origin)
        assert (status, body, reply.headers["X-Layer"]) == (200, b"in", "1")


def test_a_hedge_sends_two_at_a_time() -> None:
    def hedged(request: Request) -> Flow:
        response: Response = yield Hedge(request, 0.05, lambda: True)
        return response

    def slow(peer: Peer) -> None:
        peer.read_request()
        peer.wait_for_close()

    with ScriptedServer(slow, answering(whole(b"second"))) as server:
        status, body, _ = _run(StackMiddleware([hedged]), "PUT", server.origin, data=b"payload")
        assert (status, body) == (200, b"second")
        assert [request.body for request in server.requests] == [b"payload"] * 2
        assert server.saw_close.wait(5)


async def _chunks() -> AsyncIterator[bytes]:
    yield b"pay"
    yield b"load"


def test_a_body_that_can_be_sent_once_is_sent_once() -> None:
    with ScriptedServer(answering(BUSY)) as server:
        assert _run(StackMiddleware([Retry()]), "PUT", server.origin, data=_chunks())[0] == 503
        assert [request.body for request in server.requests] == [b"payload"]


def test_a_layer_cannot_put_a_stream_in_the_bodys_place() -> None:
    def streams(request: Request) -> Flow:
        response: Response = yield attrs.evolve(request, body=StreamBody.once([b"x"]))
        return response

    with pytest.raises(GlobusSDKUsageError, match="as bytes"):
        _run(StackMiddleware([streams]), "PUT", "http://127.0.0.1:9", data=b"x")


def test_a_deadline_of_the_layers_is_for_them_to_keep() -> None:
    seen: list[float | None] = []

    def sees(request: Request) -> Flow:
        seen.append(request.deadline)
        response: Response = yield request
        return response

    with ScriptedServer(answering(whole(b"in"))) as server:
        _run(StackMiddleware([Deadline(5), sees]), "GET", server.origin)
    assert seen[0] is not None
    assert 0 < seen[0] - time.monotonic() < 5


def test_it_stands_beside_an_authorizer() -> None:
    async def main(origin: str) -> bytes:
        both = (StackMiddleware([Retry()]), GlobusAuth(AccessTokenAuthorizer("t"), origin))
        async with aiohttp.ClientSession(middlewares=both) as session, session.get(origin) as reply:
            return await reply.read()

    with ScriptedServer(answering(BUSY, whole(b"in"))) as server:
        assert asyncio.run(main(server.origin)) == b"in"
        assert [request["Authorization"] for request in server.requests] == ["Bearer t"] * 2


def test_what_is_no_stack_and_what_only_threads_can_run() -> None:
    def call_next(request: Request, send: Any) -> Response:
        response: Response = send(request)
        return response

    with pytest.raises(GlobusSDKUsageError, match="expected a list of layers"):
        StackMiddleware(7)  # type: ignore[arg-type]
    with pytest.raises(MiddlewareError, match="only Stack can run"):
        StackMiddleware([call_next])
    assert str(StackMiddleware([Retry(), Redirect()])) == "retry, redirect"
    assert repr(StackMiddleware([Retry()])) != repr(StackMiddleware([Retry()]))


def test_a_response_keeps_only_the_credential_of_the_caller() -> None:
    layer = AccessTokenAuthorizer("of-a-layer")

    async def main(origin: str) -> list[str | None]:
        kept = []
        async with aiohttp.ClientSession(middlewares=(StackMiddleware([layer.bound_to(origin)]),)) as session:
            for headers in ({}, {"Authorization": "Basic mine"}):
                async with session.get(origin, headers=headers) as reply:
                    kept.append(reply.request_info.headers.get("Authorization"))
        return kept

    with ScriptedServer(answering(whole(b"in"))) as server:
        kept = asyncio.run(asyncio.wait_for(main(server.origin), 10))
        assert [request["Authorization"] for request in server.requests] == ["Bearer of-a-layer"] * 2
    assert kept == [None, "Basic mine"]


def _reads(request: Request) -> Flow:
    response: Response = yield Read((yield request))
    return response


def _keeps_three_bytes(request: Request) -> Flow:
    response: Response = yield Read((yield request), 3)
    return response


@pytest.mark.parametrize("size", [0, 1 << 17, (1 << 17) + 1, 3 << 20])
def test_a_body_that_a_layer_read_or_made_is_as_long_as_it_likes(size: int) -> None:
    content = b"x" * size

    def makes(request: Request) -> Flow:
        yield from ()
        return Response(200, Headers(), content, request=request)

    async def parts(url: str, middleware: StackMiddleware) -> bytes:
        async with aiohttp.ClientSession(middlewares=(middleware,)) as session, session.get(url) as reply:
            return b"".join([chunk async for chunk in reply.content.iter_chunked(1000)])

    with ScriptedServer(answering(whole(content))) as server:
        for layer in (_reads, makes):
            assert _run(StackMiddleware([layer]), "GET", server.origin)[:2] == (200, content)
            assert asyncio.run(parts(server.origin, StackMiddleware([layer]))) == content


def test_a_body_that_a_layer_kept_the_beginning_of_breaks_off() -> None:
    def makes(request: Request) -> Flow:
        yield from ()
        return Response(404, Headers(), b"abc", request=request, truncated=True)

    async def main(url: str, middleware: StackMiddleware) -> None:
        async with aiohttp.ClientSession(middlewares=(middleware,)) as session, session.get(url) as reply:
            assert reply.status == 404
            for read in (reply.content.read, reply.read):
                with pytest.raises(aiohttp.ClientPayloadError, match="kept 3 bytes"):
                    await read()

    with ScriptedServer(answering(whole(b"abcdef", "404 Not Found"))) as server:
        for layer in (_keeps_three_bytes, makes):
            asyncio.run(asyncio.wait_for(main(server.origin, StackMiddleware([layer])), 10))


def test_a_body_that_is_not_in_its_encoding_is_an_error_of_aiohttp() -> None:
    packed = whole(b"not gzip", "200 OK", "Content-Encoding: gzip")
    with ScriptedServer(answering(packed)) as server, pytest.raises(aiohttp.ClientPayloadError):
        _run(StackMiddleware([_reads]), "GET", server.origin)


def test_an_answer_that_is_made_up_of_what_was_received_keeps_its_bytes() -> None:
    # aiohttp reads a head that is not UTF-8 this way.
    name = "n\udce9"

    def makes(request: Request) -> Flow:
        yield from ()
        return Response(200, Headers.received([("X-Name", name)]), b"in", request=request)

    _, body, reply = _run(StackMiddleware([makes]), "GET", "http://127.0.0.1:9")
    assert (body, reply.headers["X-Name"], reply.raw_headers) == (b"in", name, ((b"X-Name", b"n\xe9"),))


def test_a_stream_that_cannot_be_given_back_is_closed() -> None:
    def watches(request: Request) -> Flow:
        response: Response = yield request
        assert isinstance(response.stream, AsyncByteStream)
        return attrs.evolve(response, stream=_Watched(response.stream))

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")
        peer.wait_for_close()

    async def main(url: str) -> None:
        async with aiohttp.ClientSession(middlewares=(StackMiddleware([watches]),)) as session:
            with pytest.raises(GlobusSDKUsageError, match="read it first"):
                await session.get(url)
            assert await asyncio.to_thread(server.saw_close.wait, 5)

    with ScriptedServer(script) as server:
        asyncio.run(main(server.origin))


class _Watched(AsyncByteStream):
    """A stream that wraps another."""

    def __init__(self, inner: AsyncByteStream) -> None:
        self.inner = inner

    def __aiter__(self) -> AsyncIterator[bytes]:
        assert self.inner is not None
        return aiter(self.inner)

    async def close(self) -> None:
        assert self.inner is not None
        await self.inner.close()
