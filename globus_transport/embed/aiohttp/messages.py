"""Converts requests and responses of aiohttp to those of this package, and back."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Iterable, Iterator
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
from globus_transport.terminals.aiohttp.errors import to_globus_error
from globus_transport.terminals.aiohttp.secrets import SecretStr, hide_secrets

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, Payload


_UNKNOWN_LIMITS = aiohttp.ClientTimeout()
_CHUNK = 1 << 16


class SessionCall:
    """One request of a session, which the layers may change, and send several times.

    :param client_request: aiohttp's request, which is changed in place
    :param handler: aiohttp's, which sends the request
    :param translate_errors: raise the exceptions of this package instead of aiohttp's, as layers expect
    """

    def __init__(
        self, client_request: ClientRequest, handler: ClientHandlerType, *, translate_errors: bool = False
    ) -> None:
        self._client_request = client_request
        self._handler = handler
        self._translate_errors = translate_errors
        self._first: Request  # as the layers got it
        self._last: Request  # as it was sent last
        self._payload: Payload | None = client_request.body or None
        self._response_streams: list[ClientResponseStream] = []
        self._early_response: tuple[str, ClientResponse] | None = None

    async def to_request(self, url: URL) -> Request:
        """The request as the layers get it."""
        client_request, payload = self._client_request, self._payload
        body: bytes | StreamBody | None = None
        if isinstance(payload, aiohttp.BytesPayload):
            body = await payload.as_bytes()
        elif payload is not None:
            body = _stream_body(payload)
        headers = Headers.received(client_request.headers.items())
        self._first = self._last = Request(client_request.method, url, headers, body, stream=True)
        return self._first

    def set_early_response(self, authorization: str, reply: ClientResponse) -> None:
        """Store the response to the request with this Authorization header, which was sent before the layers ran."""
        self._early_response = (authorization, reply)

    def release_early_response(self) -> None:
        """Release the early response, if it was not returned."""
        if self._early_response is not None:
            self._early_response[1].release()
            self._early_response = None

    async def send(self, request: Request) -> Response:
        """Send the request as the layers changed it."""
        early = self._early_response
        if early is not None and request.headers.get("Authorization") == early[0]:
            self._early_response = None
            return self._to_response(request, early[1])
        # The header differs if the token was renewed in the meantime. Then the early response is of no interest.
        self.release_early_response()
        await self._apply_changes(request)
        try:
            reply = await self._handler(self._client_request)
        except (aiohttp.ClientError, OSError) as error:
            if self._translate_errors:
                raise to_globus_error(request, error, _UNKNOWN_LIMITS) from error
            raise
        return self._to_response(request, reply)

    def _to_response(self, request: Request, reply: ClientResponse) -> Response:
        stream = ClientResponseStream(request, reply, self._translate_errors)
        self._response_streams.append(stream)
        return Response(reply.status, stream.headers, b"", stream, reply.reason or "", request)

    async def _apply_changes(self, request: Request) -> None:
        client_request = self._client_request
        client_request.headers.clear()
        client_request.headers.extend(hide_secrets(request.headers.pairs))
        if request.url != self._last.url:
            client_request.url = client_request.original_url = yarl.URL(str(request.url), encoded=True)
        if "Host" not in client_request.headers:
            client_request.headers["Host"] = client_request.url.host_port_subcomponent or ""
        client_request.method = request.method
        if request.body is not self._last.body:
            body: Any = self._payload if request.body is self._first.body else request.body
            if isinstance(body, StreamBody):
                raise GlobusSDKUsageError(
                    f"{request!r}: a layer inside aiohttp replaced the body by a stream; give the body as bytes"
                )
            client_request.headers.popall("Content-Length", None)
            client_request.headers.popall("Transfer-Encoding", None)
            client_request.chunked = None
            await client_request.update_body(body)
        self._last = request

    def remove_credential(self) -> None:
        """Put the caller's Authorization header, or none, in the place of one that a layer has added.

        A response refers to these headers (``request_info``). Libraries around aiohttp store them, such as a cache.
        """
        self._client_request.headers.popall("Authorization", None)
        if "Authorization" in self._first.headers:
            self._client_request.headers["Authorization"] = SecretStr(self._first.headers["Authorization"])

    async def to_client_response(self, response: Response) -> ClientResponse:
        """The response of aiohttp for the response that the layers returned."""
        for stream in self._response_streams:
            if response.stream is stream or (response.stream is None and response.headers is stream.headers):
                return _update_client_response(stream, response)
        if response.stream is not None:
            await _close(response.stream)
            raise GlobusSDKUsageError("a layer inside aiohttp returned a stream that is not aiohttp's; read it first")
        return _make_client_response(self._client_request, response)


async def _close(stream: ByteStream | AsyncByteStream) -> None:
    if isinstance(stream, AsyncByteStream):
        await stream.close()
    else:
        stream.close()


def _refuse_to_read() -> Iterable[bytes]:
    raise GlobusSDKUsageError("only aiohttp can read and send this body; the layers have to leave it as it is")


def _stream_body(payload: Payload) -> StreamBody:
    """The body as the layers get it: they can read a file, and aiohttp alone can read other payloads."""
    replayable = _can_be_sent_again(payload)
    if replayable and isinstance(payload, aiohttp.IOBasePayload) and not isinstance(payload, aiohttp.TextIOPayload):
        file: Any = payload._value
        position: int = file.tell()
        return StreamBody(lambda: _chunks_of(file, position), payload.size, replayable)
    return StreamBody(_refuse_to_read, payload.size, replayable, readable=False)


def _chunks_of(file: Any, position: int) -> Iterator[bytes]:
    file.seek(position)
    try:
        while chunk := file.read(_CHUNK):
            yield chunk
    finally:
        # aiohttp sends the file from where it stands.
        file.seek(position)


def _can_be_sent_again(payload: Payload) -> bool:
    if isinstance(payload, aiohttp.BytesPayload):
        return True
    if payload.consumed:
        return False
    if isinstance(payload, aiohttp.IOBasePayload):
        seekable = getattr(getattr(payload, "_value", None), "seekable", None)
        return seekable is not None and bool(seekable())
    if isinstance(payload, aiohttp.MultipartWriter):
        return all(_can_be_sent_again(part[0]) for part in payload)
    return False


class ClientResponseStream(AsyncByteStream):
    """The body of a response of aiohttp, as the layers get it."""

    def __init__(self, request: Request, reply: ClientResponse, translate_errors: bool) -> None:
        self.reply = reply
        self.headers = Headers.received(reply.headers.items())
        self._request = request
        self._translate_errors = translate_errors

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        try:
            while chunk := await self._read_chunk():
                yield chunk
        finally:
            await self.close()

    async def _read_chunk(self) -> bytes:
        try:
            return await self.reply.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            if self._translate_errors:
                raise to_globus_error(self._request, error, _UNKNOWN_LIMITS) from error
            raise

    async def close(self) -> None:
        # After the end of the body, aiohttp itself releases the connection, and the body stays readable.
        if not self.reply.closed:
            self.reply.close()


def _update_client_response(stream: ClientResponseStream, response: Response) -> ClientResponse:
    """The response of aiohttp, with the body that a layer has read, and the status and headers that a layer has set."""
    reply = stream.reply
    if response.stream is None:
        _set_body(reply, response)
    if response.status != reply.status:
        reply.status = response.status
    if response.headers is not stream.headers:
        reply._headers = CIMultiDictProxy(CIMultiDict(response.headers.pairs))
        reply._cache.pop("headers", None)
    return reply


def _make_client_response(client_request: ClientRequest, response: Response) -> ClientResponse:
    """A response of aiohttp for a response that a layer made without sending the request."""
    arguments: dict[str, Any] = {
        "writer": None,
        "continue100": None,
        "timer": TimerNoop(),
        "request_info": client_request.request_info,
        "traces": [],
        "loop": client_request.loop,
        "session": client_request.session,
        "stream_writer": SimpleNamespace(output_size=0),
    }
    # The parameters differ between releases.
    parameters = inspect.signature(client_request.response_class).parameters
    supported = {name: value for name, value in arguments.items() if name in parameters}
    reply: Any = client_request.response_class(client_request.method, client_request.url, **supported)
    reply.version = aiohttp.HttpVersion11
    reply.status, reply.reason = response.status, response.reason
    reply._headers = CIMultiDictProxy(CIMultiDict(response.headers.pairs))
    reply._raw_headers = tuple(
        (name.encode("latin-1"), value.encode("utf-8", "surrogateescape")) for name, value in response.headers.pairs
    )
    _set_body(reply, response)
    client_response: ClientResponse = reply
    return client_response


def _set_body(reply: Any, response: Response) -> None:
    """Set the body for both ways to read it: at once and in chunks."""
    body = response.body
    reply._released = False
    # With more than twice the limit, the reader would pause a transport, and there is none.
    reply.content = aiohttp.StreamReader(BaseProtocol(reply._loop), max(len(body), 1 << 16), loop=reply._loop)
    reply.content.feed_data(body)
    if response.truncated:
        reply._body = None
        reply.content.set_exception(aiohttp.ClientPayloadError(f"a layer kept {len(body)} bytes of the body only"))
    else:
        reply._body = body
        reply.content.feed_eof()
