"""What the tests of the core share: flows stepped by hand, canned terminals, fake bodies, both drivers."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow
from globus_transport.core.layers import LayerLike
from globus_transport.core.stack import Stack
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Request, Response

ORIGIN = "https://service.example.org"

#: For property tests: a busy machine is no failure.
unhurried = settings(deadline=None)


def get(path: str = "/thing", **fields: Any) -> Request:
    return Request("GET", ORIGIN + path, **fields)


def post(path: str = "/thing", body: bytes = b"{}", **fields: Any) -> Request:
    return Request("POST", ORIGIN + path, body=body, **fields)


def end_of(flow: Flow, answer: object) -> Response:
    """What the flow returns when it is given this last answer."""
    try:
        step = flow.send(answer)
    except StopIteration as end:
        response = end.value
        assert isinstance(response, Response)
        return response
    raise AssertionError(f"the flow goes on, with {step!r}")


class Canned:
    """A terminal for threads that gives prepared answers, and keeps what it was sent."""

    def __init__(self, *answers: Response | BaseException) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class AsyncCanned(Canned):
    """The same for asyncio."""

    async def __call__(self, request: Request) -> Response:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().__call__(request)


class FakeStream(ByteStream):
    """A body on the wire that counts how often it was closed."""

    def __init__(self, *chunks: bytes, breaks_with: Exception | None = None) -> None:
        self.chunks = list(chunks)
        self.breaks_with = breaks_with
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks

    def read(self, limit: int | None = None) -> bytes:
        if self.breaks_with:
            raise self.breaks_with
        return b"".join(self.chunks)[:limit]

    def close(self) -> None:
        self.closed += 1


class FakeAsyncStream(AsyncByteStream):
    """The same for asyncio."""

    def __init__(self, *chunks: bytes, breaks_with: Exception | None = None) -> None:
        self.chunks = list(chunks)
        self.breaks_with = breaks_with
        self.closed = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk

    async def read(self, limit: int | None = None) -> bytes:
        await asyncio.sleep(0)
        if self.breaks_with:
            raise self.breaks_with
        return b"".join(self.chunks)[:limit]

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closed += 1


class Threads:
    """Runs layers under threads."""

    stream = FakeStream

    def terminal(self, *answers: Response | BaseException) -> Canned:
        return Canned(*answers)

    def send(self, request: Request, layers: Iterable[LayerLike], terminal: Canned) -> Response:
        return Stack(terminal, layers).send(request)

    def run(self, flow: Any, layers: Iterable[LayerLike], terminal: Canned) -> Any:
        return Stack(terminal, layers).run(flow)


class Asyncio:
    """Runs the same layers under asyncio."""

    stream = FakeAsyncStream

    def terminal(self, *answers: Response | BaseException) -> AsyncCanned:
        return AsyncCanned(*answers)

    def send(self, request: Request, layers: Iterable[LayerLike], terminal: Canned) -> Response:
        assert isinstance(terminal, AsyncCanned)
        return asyncio.run(AsyncStack(terminal, layers).send(request))

    def run(self, flow: Any, layers: Iterable[LayerLike], terminal: Canned) -> Any:
        assert isinstance(terminal, AsyncCanned)
        return asyncio.run(AsyncStack(terminal, layers).run(flow))


World = Threads | Asyncio
_worlds = [Threads(), Asyncio()]
in_both_worlds: Callable[..., Any] = pytest.mark.parametrize("world", _worlds, ids=lambda world: type(world).__name__)


def exit_code_of_child(function: Callable[[], int]) -> int:
    """What the function returns in a fork of this process; 99 if it raises, negative if it hangs."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            signal.alarm(20)
            code = function()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


class Reply:
    """A token reply, as far as an authorizer looks."""

    def __init__(self, **data: Any) -> None:
        self.by_resource_server = {"service": data}


class FakeAuth:
    """An auth client that counts its grants and gives tokens ``token-1``, ``token-2`` ...

    :param before: called in each grant, with its number; may block or raise
    :param extra: more fields of the replies
    """

    def __init__(self, before: Callable[[int], object] | None = None, **extra: Any) -> None:
        self.before = before
        self.extra = extra
        self.grants: list[str] = []

    def _grant(self, what: str) -> Reply:
        self.grants.append(what)
        number = len(self.grants)
        if self.before:
            self.before(number)
        return Reply(**{"access_token": f"token-{number}", "expires_at_seconds": None, **self.extra})

    def oauth2_refresh_token(self, refresh_token: str) -> Reply:
        return self._grant(refresh_token)

    def oauth2_client_credentials_tokens(self, requested_scopes: str) -> Reply:
        return self._grant(requested_scopes)
