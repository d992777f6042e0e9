"""The terminals that make their own connections, for tests of what both have to do.

:class:`InAnEventLoop` gives the asyncio terminal the form of the blocking one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import attrs
import pytest

from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal

T = TypeVar("T")

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class InAnEventLoop:
    """An :class:`AsyncioTerminal` that is called without ``await``, from any number of threads."""

    def __init__(self, **settings: Any) -> None:
        self.terminal = AsyncioTerminal(**settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def __call__(self, request: Request) -> Response:
        response = self.run(self.terminal(request))
        if isinstance(response.stream, AsyncByteStream):
            return attrs.evolve(response, stream=_StreamInAnEventLoop(response.stream, self))
        return response

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        result: T
        result, error = asyncio.run_coroutine_threadsafe(_outcome(coroutine), self._loop).result()
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        self.run(self.terminal.close())

    def end(self) -> None:
        """End the event loop as ``asyncio.run`` does."""
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __str__(self) -> str:
        return str(self.terminal)

    def __repr__(self) -> str:
        return repr(self.terminal)


class _StreamInAnEventLoop(ByteStream):
    def __init__(self, stream: AsyncByteStream, host: InAnEventLoop) -> None:
        self._stream = stream
        self._host = host

    def __iter__(self) -> Iterator[bytes]:
        chunks: Any = aiter(self._stream)
        try:
            while (chunk := self._host.run(_next_of(chunks))) is not None:
                yield chunk
        finally:
            self._host.run(chunks.aclose())

    def read(self, limit: int | None = None) -> bytes:
        return self._host.run(self._stream.read(limit))

    def close(self) -> None:
        self._host.run(self._stream.close())


async def _outcome(coroutine: Coroutine[Any, Any, T]) -> tuple[Any, BaseException | None]:
    # asyncio makes another TimeoutError of one.
    try:
        return await coroutine, None
    except BaseException as error:
        return None, error


async def _next_of(chunks: Any) -> bytes | None:
    chunk: bytes | None = await anext(chunks, None)
    return chunk


OwnTerminal = Urllib3Terminal | InAnEventLoop
#: Makes a terminal with these settings, which is closed after the block.
Fresh = Callable[..., AbstractContextManager[Any]]


def forget_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextlib.contextmanager
def fresh_terminal(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Urllib3Terminal]:
    """The blocking one, which ignores the proxies of the environment."""
    forget_proxies(monkeypatch)
    with fresh_urllib3(**settings) as terminal:
        yield terminal


@contextlib.contextmanager
def fresh_urllib3(**settings: Any) -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(**{"http_timeout": 5.0, **settings})
    try:
        yield terminal
    finally:
        terminal.close()


@contextlib.contextmanager
def fresh_asyncio(**settings: Any) -> Iterator[InAnEventLoop]:
    terminal = InAnEventLoop(**{"http_timeout": 5.0, **settings})
    try:
        yield terminal
    finally:
        terminal.end()


def get(url: str, **settings: Any) -> Request:
    return Request("GET", url, **settings)
