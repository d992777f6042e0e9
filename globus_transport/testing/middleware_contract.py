"""The contract of middleware, as pytest tests for its authors.

Derive a class in a test module and implement ``make_middleware``::

    class TestDigest(MiddlewareContract):
        secrets = ("the password",)

        def make_middleware(self):
            return Digest("user", "the password")

Every test runs the layer in a ``Stack`` and in an ``AsyncStack``, if both can run it, over a terminal that answers at
once. There is no network, and nothing sleeps.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Literal

import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.layers import AnyMiddleware, Layer, describe, name_of
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.messages import Request, Response

_CALLERS = 8
_PATIENCE = 30.0

Colour = Literal["threads", "asyncio"]


class ProgramError(Exception):
    """An exception of the program, which no layer knows."""


class Chunks(ByteStream):
    """A response body on the wire.

    :ivar closed: whether it was closed, or read to its end
    """

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks
        self.closed = True

    def close(self) -> None:
        self.closed = True


class AsyncChunks(AsyncByteStream):
    """:class:`Chunks` for asyncio."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        self.closed = True

    async def close(self) -> None:
        self.closed = True


class Runner:
    """Sends requests through one layer, under threads or under asyncio."""

    def __init__(self, colour: Colour, middleware: AnyMiddleware) -> None:
        self.colour: Colour = colour
        self.middleware = middleware

    def send(self, answer: Callable[[Request], Response], request: Request) -> Response:
        """Send one request through the layer to a terminal that gives this answer."""
        if self.colour == "threads":
            return Stack(answer, [self.middleware]).send(request)
        return asyncio.run(self.send_async(answer, request))

    async def send_async(self, answer: Callable[[Request], Any], request: Request) -> Response:
        """:meth:`send`, in the running event loop. The answer may be a coroutine."""

        async def terminal(request: Request) -> Response:
            answered = answer(request)
            response: Response = await answered if inspect.isawaitable(answered) else answered
            return response

        return await AsyncStack(terminal, [self.middleware]).send(request)

    def stream(self, *chunks: bytes) -> Chunks | AsyncChunks:
        """A body on the wire."""
        return Chunks(*chunks) if self.colour == "threads" else AsyncChunks(*chunks)

    def read(self, response: Response) -> bytes:
        """The body of a response, which may be on the wire."""
        stream = response.stream
        if stream is None:
            return response.body
        return stream.read() if isinstance(stream, ByteStream) else asyncio.run(stream.read())

    def close(self, response: Response) -> None:
        """Close the body of a response."""
        if isinstance(response.stream, ByteStream):
            response.stream.close()
        elif response.stream is not None:
            asyncio.run(response.stream.close())


class MiddlewareContract:
    """The tests. Override ``make_middleware``, and the class variables if they do not fit.

    :cvar url: of the requests; of a server for which the layer does its work
    :cvar secrets: texts that are never printed
    :cvar pickles: whether the middleware can be pickled
    :cvar changes_requests: whether it may change the body of a request, such as by compressing it
    :cvar needs_bodies: whether it refuses a body that it cannot read, such as to sign it
    """

    url: ClassVar[str] = "https://service.example/v1/things?page=2"
    secrets: ClassVar[tuple[str, ...]] = ()
    pickles: ClassVar[bool] = True
    changes_requests: ClassVar[bool] = False
    needs_bodies: ClassVar[bool] = False

    def make_middleware(self) -> AnyMiddleware:
        """Make the layer, once for each test."""
        raise NotImplementedError

    @pytest.fixture(params=["threads", "asyncio"])
    def runner(self, request: pytest.FixtureRequest) -> Runner:
        """Each of the two drivers that can run the layer."""
        middleware = self.make_middleware()
        kind = Layer("layer", middleware).kind
        colour: Colour = request.param
        if kind != "flow" and (kind == "call_next") != (colour == "threads"):
            pytest.skip("a function of (request, call_next) runs in one of the two stacks only")
        return Runner(colour, middleware)

    def _request(self, method: str = "GET", **fields: Any) -> Request:
        return Request(method, self.url, **fields)

    @pytest.mark.parametrize("status", [200, 404])
    def test_a_response_comes_back_as_it_is(self, runner: Runner, status: int) -> None:
        def answer(request: Request) -> Response:
            return Response(status, {"X-Kept": "yes"}, b"content", request=request)

        response = runner.send(answer, self._request())
        assert (response.status, response.headers.get("X-Kept")) == (status, "yes")
        assert runner.read(response) == b"content"

    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
    def test_the_request_arrives(self, runner: Runner, method: str) -> None:
        sent: list[Request] = []
        body = b"content" if method in ("PUT", "POST") else None
        runner.send(_answer_all(sent), self._request(method, headers={"X-Kept": "yes"}, body=body))
        (request,) = sent
        assert (request.method, request.url, request.headers.get("X-Kept")) == (method, self.url, "yes")
        assert self.changes_requests or request.body == body

    def test_a_body_in_parts_arrives(self, runner: Runner) -> None:
        bodies: list[bytes] = []

        def answer(request: Request) -> Response:
            assert isinstance(request.body, StreamBody)
            bodies.append(b"".join(request.body.open()))
            return Response(200, request=request)

        body = StreamBody(lambda: iter([b"con", b"tent"]), 7, replayable=True)
        runner.send(answer, self._request("PUT", body=body))
        assert self.changes_requests or bodies == [b"content"]

    def test_a_body_that_can_be_read_once_is_left_to_the_terminal(self, runner: Runner) -> None:
        reads = 0

        def refuse() -> Iterator[bytes]:
            nonlocal reads
            reads += 1
            raise AssertionError("a layer read a body that is not replayable, or not readable")

        for body in (StreamBody(refuse), StreamBody(refuse, 7, replayable=True, readable=False)):
            try:
                runner.send(_answer_all([]), self._request("PUT", body=body))
            except GlobusSDKUsageError:
                assert self.needs_bodies
        assert reads == 0

    def test_a_streamed_body_stays_on_the_wire(self, runner: Runner) -> None:
        stream = runner.stream(b"con", b"tent")

        def answer(request: Request) -> Response:
            return Response(200, {"Content-Length": "7"}, stream=stream, request=request)

        response = runner.send(answer, self._request(stream=True))
        assert not stream.closed
        assert runner.read(response) == b"content"
        assert stream.closed

    def test_closing_a_response_closes_the_connection(self, runner: Runner) -> None:
        stream = runner.stream(b"content")
        response = runner.send(
            lambda request: Response(200, stream=stream, request=request), self._request(stream=True)
        )
        runner.close(response)
        assert stream.closed

    @pytest.mark.parametrize("error", [GlobusConnectionError("cut off"), ProgramError("a fault"), KeyboardInterrupt()])
    def test_an_exception_comes_through_and_leaves_the_layer_usable(self, runner: Runner, error: BaseException) -> None:
        def fail(_request: Request) -> Response:
            raise error

        # A POST, which no layer may repeat after it was cut off.
        with pytest.raises(type(error)):
            runner.send(fail, self._request("POST", body=b"content"))
        assert runner.send(_answer_all([]), self._request()).status == 200

    def test_a_post_that_was_cut_off_is_sent_once(self, runner: Runner) -> None:
        sent: list[Request] = []

        def cut_off(request: Request) -> Response:
            sent.append(request)
            raise GlobusConnectionError("cut off")

        with pytest.raises(GlobusConnectionError):
            runner.send(cut_off, self._request("POST", body=b"content", repeatable=False))
        assert len(sent) == 1

    def test_a_cancelled_call_leaves_the_layer_usable(self, runner: Runner) -> None:
        if runner.colour == "threads":
            pytest.skip("calls under threads are not cancelled")

        async def cancel_some() -> Response:
            reached = asyncio.Event()

            async def wait_for_ever(_request: Request) -> Response:
                reached.set()
                await asyncio.Event().wait()
                raise AssertionError

            for _ in range(_CALLERS):
                reached.clear()
                call = asyncio.create_task(runner.send_async(wait_for_ever, self._request()))
                async with asyncio.timeout(_PATIENCE):
                    while not reached.is_set() and not call.done():
                        await asyncio.sleep(0)
                    if call.done():
                        await call
                    call.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await call
            async with asyncio.timeout(_PATIENCE):
                return await runner.send_async(_answer_all([]), self._request())

        assert asyncio.run(cancel_some()).status == 200

    def test_many_callers_share_it(self, runner: Runner) -> None:
        sent: list[Request] = []
        answer = _answer_all(sent)
        if runner.colour == "threads":
            with ThreadPoolExecutor(_CALLERS) as pool:
                responses = list(pool.map(lambda _: runner.send(answer, self._request("POST", body=b"x")), range(32)))
        else:

            async def together() -> list[Response]:
                calls = (runner.send_async(answer, self._request("POST", body=b"x")) for _ in range(32))
                return await asyncio.gather(*calls)

            responses = asyncio.run(together())
        assert [response.status for response in responses] == [200] * 32
        assert len(sent) == 32

    def test_a_copy_from_another_process_works(self, runner: Runner) -> None:
        if not self.pickles:
            pytest.skip("pickles is False")
        copy = Runner(runner.colour, pickle.loads(pickle.dumps(runner.middleware)))
        assert copy.send(_answer_all([]), self._request()).status == 200
        assert copy.colour == runner.colour

    def test_it_prints_without_secrets(self, runner: Runner) -> None:
        runner.send(_answer_all([]), self._request())
        stack = Stack if runner.colour == "threads" else AsyncStack
        printed = [
            repr(runner.middleware),
            str(runner.middleware),
            name_of(runner.middleware),
            describe(runner.middleware),
            str(stack(_never, [runner.middleware])),  # type: ignore[arg-type]
        ]
        for secret in self.secrets:
            assert not [text for text in printed if secret in text]


def _answer_all(sent: list[Request]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        sent.append(request)
        return Response(200, {"X-Number": str(len(sent))}, b"content", request=request)

    return answer


class _Never:
    def __call__(self, _request: Request) -> Response:
        raise AssertionError("it is printed only")


_never = _Never()
