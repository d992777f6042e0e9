"""Requests and responses of aiohttp, as layers see them, and back."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import TimerNoop
from multidict import CIMultiDict, CIMultiDictProxy

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.terminals.aiohttp.errors import mapped
from globus_transport.terminals.aiohttp.secrets import secrets_hidden

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, Payload


_UNKNOWN_LIMITS = aiohttp.ClientTimeout()


class Exchange:
    """One request of a session, however often layers send it.

    :param handler: sends what aiohttp made of it
    :param map_errors: raise this package's errors in the place of aiohttp's, for the layers to understand
    """

    def __init__(self, request: ClientRequest, handler: ClientHandlerType, *, map_errors: bool = False) -> None:
        self._request = request
        self._handler = handler
        self._map_errors = map_errors
        # As layers were given it, and as it was sent last.
        self._asked: Request
        self._last: Request
        self._payload: Payload | None = request.body or None
        self._sent: list[HostStream] = []
        self._early: tuple[str, ClientResponse] | None = None

    async def begin(self, url: URL) -> Request:
        """The request as layers see it."""
        request = self._request
        payload = self._payload
        body: bytes | StreamBody | None = None
        if isinstance(payload, aiohttp.BytesPayload):
            body = await _bytes_of(payload)
        elif payload is not None:
            body = StreamBody(_only_aiohttp, payload.size, _can_be_sent_again(payload))
        headers = Headers.received(request.headers.items())
        self._asked = self._last = Request(request.method, url, headers, body, stream=True)
        return self._asked

    def have_sent(self, authorization: str, reply: ClientResponse) -> None:
        """The request was sent with this Authorization already, and this is the answer, when it is asked for."""
        self._early = (authorization, reply)

    def let_go(self) -> None:
        """Release what was sent early, if nobody asked for it."""
        if self._early is not None:
            self._early[1].release()
            self._early = None

    async def send(self, step: Request) -> Response:
        """Send what the layers made of the request."""
        early = self._early
        if early is not None and step.headers.get("Authorization") == early[0]:
            self._early = None
            return self._received(step, early[1])
        # Otherwise somebody else has renewed it meanwhile.
        self.let_go()
        request = self._request
        await self._put_on(request, step)
        try:
            reply = await self._handler(request)
        except (aiohttp.ClientError, OSError) as error:
            if self._map_errors:
                raise mapped(step, error, _UNKNOWN_LIMITS) from error
            raise
        return self._received(step, reply)

    def _received(self, step: Request, reply: ClientResponse) -> Response:
        stream = HostStream(step, reply, self._map_errors)
        self._sent.append(stream)
        return Response(reply.status, stream.headers, b"", stream, reply.reason or "", step)

    async def _put_on(self, request: ClientRequest, step: Request) -> None:
        request.headers.clear()
        request.headers.extend(secrets_hidden(step.headers.pairs))
        if step.url != self._last.url:
            request.url = request.original_url = yarl.URL(str(step.url), encoded=True)
        if "Host" not in request.headers:
            request.headers["Host"] = request.url.host_port_subcomponent or ""
        request.method = step.method
        if step.body is not self._last.body:
            body: Any = self._payload if step.body is self._asked.body else step.body
            if isinstance(body, StreamBody):
                raise GlobusSDKUsageError(f"{step!r}: a layer inside aiohttp gives a body as bytes, or leaves it alone")
            request.headers.popall("Content-Length", None)
            request.headers.popall("Transfer-Encoding", None)
            request.chunked = None
            await _replace_body(request, body)
        self._last = step

    async def reply_to(self, response: Response) -> ClientResponse:
        """aiohttp's response for what the layers returned."""
        for stream in self._sent:
            if response.stream is stream or (response.stream is None and response.headers is stream.headers):
                return _changed(stream, response)
        if response.stream is not None:
            await _close(response.stream)
            raise GlobusSDKUsageError("a layer inside aiohttp gave a stream that is not aiohttp's; read it first")
        return _made_up(self._request, response)


async def _close(stream: ByteStream | AsyncByteStream) -> None:
    if isinstance(stream, AsyncByteStream):
        await stream.close()
    else:
        stream.close()


def _only_aiohttp() -> Iterable[bytes]:
    raise GlobusSDKUsageError("this body is aiohttp's own, which alone can send it")


async def _bytes_of(payload: aiohttp.BytesPayload) -> bytes:
    # Not in the first releases of 3.12.
    as_bytes = getattr(payload, "as_bytes", None)
    return bytes(payload._value) if as_bytes is None else await as_bytes()


async def _replace_body(request: Any, body: bytes | Payload | None) -> None:
    if hasattr(request, "update_body"):
        await request.update_body(body)
        return
    # As in the first releases of 3.12.
    request.body = b""
    request.update_body_from_data(body)
    if body is not None or request.method not in request.GET_METHODS:
        request.update_transfer_encoding()


def _can_be_sent_again(payload: Payload) -> bool:
    if isinstance(payload, aiohttp.BytesPayload):
        return True
    # The first releases of 3.12, which do not tell, close a file when it was sent.
    if getattr(payload, "consumed", True):
        return False
    if isinstance(payload, aiohttp.IOBasePayload):
        seekable = getattr(getattr(payload, "_value", None), "seekable", None)
        return seekable is not None and bool(seekable())
    if isinstance(payload, aiohttp.MultipartWriter):
        return all(_can_be_sent_again(part[0]) for part in payload)
    return False


class HostStream(AsyncByteStream):
    """The body of aiohttp's response, while layers hold it."""

    def __init__(self, request: Request, reply: ClientResponse, map_errors: bool) -> None:
        self.reply = reply
        self.headers = Headers.received(reply.headers.items())
        self._request = request
        self._map_errors = map_errors

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        try:
            while chunk := await self._next():
                yield chunk
        finally:
            await self.close()

    async def _next(self) -> bytes:
        try:
            return await self.reply.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            if self._map_errors:
                raise mapped(self._request, error, _UNKNOWN_LIMITS) from error
            raise

    async def close(self) -> None:
        # At the end of the body aiohttp takes the connection back by itself, and the body stays readable.
        if not self.reply.closed:
            self.reply.close()


def _changed(stream: HostStream, response: Response) -> ClientResponse:
    """aiohttp's response, with what the layers read or changed."""
    reply = stream.reply
    if response.stream is None:
        _put_body(reply, response)
    if response.status != reply.status:
        reply.status = response.status
    if response.headers is not stream.headers:
        reply._headers = CIMultiDictProxy(CIMultiDict(response.headers.pairs))
        reply._cache.pop("headers", None)
    return reply


def _made_up(request: ClientRequest, response: Response) -> ClientResponse:
    """A response of aiohttp for an answer that a layer gave without asking the server."""
    arguments: dict[str, Any] = {
        "writer": None,
        "continue100": None,
        "timer": TimerNoop(),
        "request_info": request.request_info,
        "traces": [],
        "loop": request.loop,
        "session": request.session,
        "stream_writer": SimpleNamespace(output_size=0),
    }
    taken = inspect.signature(request.response_class).parameters
    reply: Any = request.response_class(
        request.method, request.url, **{name: value for name, value in arguments.items() if name in taken}
    )
    reply.version = aiohttp.HttpVersion11
    reply.status, reply.reason = response.status, response.reason
    reply._headers = CIMultiDictProxy(CIMultiDict(response.headers.pairs))
    reply._raw_headers = tuple(
        (name.encode("latin-1"), value.encode("utf-8", "surrogateescape")) for name, value in response.headers.pairs
    )
    _put_body(reply, response)
    made: ClientResponse = reply
    return made


def _put_body(reply: Any, response: Response) -> None:
    """Put the body where aiohttp keeps what was read; and for those who take it in parts."""
    body = response.body
    reply._released = False
    # More than twice the limit would have it hold up a connection that is not there.
    reply.content = aiohttp.StreamReader(BaseProtocol(reply._loop), max(len(body), 1 << 16), loop=reply._loop)
    reply.content.feed_data(body)
    if response.truncated:
        reply._body = None
        reply.content.set_exception(aiohttp.ClientPayloadError(f"a layer kept {len(body)} bytes of the body only"))
    else:
        reply._body = body
        reply.content.feed_eof()
