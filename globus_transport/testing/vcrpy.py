"""Connects the default terminals to vcrpy, which records calls and replays them.

vcrpy replaces the connections of HTTP libraries, and the default terminals use their sockets themselves. After ::

    from globus_transport.testing.vcrpy import use_vcrpy

    use_vcrpy()

``vcr.use_cassette(...)``, record modes, filters and ``pytest.mark.vcr`` work as they do with ``requests``.

A cassette holds no credentials of the clients: the header ``Authorization`` is left out, and the values of other
headers, parameters and members of forms and JSON documents that are credentials are replaced by ``<hidden>``. vcrpy
itself hides nothing of what other libraries send, such as requests below ``RequestsTerminal``. For these, set its
``filter_headers``.
"""

from __future__ import annotations

import http.client
from typing import Any, cast

import attrs
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request as VCRRequest

from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.cassette.tape import RecordedCall, RecordedRequest
from globus_transport.middleware.redaction import Redaction, encode_body
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.threads import Cancellable
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.patched_terminals import PatchedTerminals

_REDACTION = Redaction()


class use_vcrpy(PatchedTerminals):
    """Make vcrpy record and replay the calls of every client with the default terminal, from now on.

    This includes clients that exist already, and clients under asyncio. As a context manager
    (``with use_vcrpy():``) it ends with the block, otherwise with :meth:`stop`. Outside of a cassette the terminals
    send as usual.

    If a request is not in the cassette and the record mode does not allow to add it, it is not sent, and vcrpy's
    ``CannotOverwriteExistingCassetteException`` is raised. Streamed responses are read completely. The body of a
    request that is produced while it is sent is not recorded.
    """

    def __init__(self) -> None:
        super().__init__()
        send, cancellable, send_async = Urllib3Terminal.__call__, Urllib3Terminal.cancellable, AsyncioTerminal.__call__

        def call(terminal: Urllib3Terminal, request: Request) -> Response:
            cassette = _active_cassette()
            if cassette is None:
                return send(terminal, request)
            call = _Call.from_request(cassette, request)
            return call.play() or call.record(_read(send(terminal, request)))

        def call_cancellable(terminal: Urllib3Terminal, request: Request) -> Cancellable:
            cassette, exchange = _active_cassette(), cancellable(terminal, request)
            return exchange if cassette is None else _CancellableCall(_Call.from_request(cassette, request), exchange)

        async def call_async(terminal: AsyncioTerminal, request: Request) -> Response:
            cassette = _active_cassette()
            if cassette is None:
                return await send_async(terminal, request)
            call = _Call.from_request(cassette, request)
            return call.play() or call.record(await _read_async(await send_async(terminal, request)))

        self._replace(Urllib3Terminal, "__call__", call)
        self._replace(Urllib3Terminal, "cancellable", call_cancellable)
        self._replace(AsyncioTerminal, "__call__", call_async)


def _active_cassette() -> Any:
    """The cassette in use; ``None`` outside of one. vcrpy replaces the class by one that has it."""
    return getattr(http.client.HTTPConnection, "cassette", None)


@attrs.frozen
class _Call:
    """A request while a cassette is in use.

    :ivar recorded: the request without its secrets
    :ivar vcr_request: the same for vcrpy, which compares and stores it
    """

    cassette: Any
    request: Request
    recorded: RecordedRequest
    vcr_request: VCRRequest

    @classmethod
    def from_request(cls, cassette: Any, request: Request) -> _Call:
        recorded = RecordedRequest.from_request(request, _REDACTION)
        body = recorded.body
        # The description of a body that cannot be recorded has one of these members.
        content = None if body is None or "stream" in body or "longer_than" in body else encode_body(body)
        headers = dict(_REDACTION.redact_headers(request.headers.without("Authorization")))
        return cls(cassette, request, recorded, VCRRequest(request.method, recorded.url, content, headers))

    def play(self) -> Response | None:
        """The recorded response; ``None`` if the request has to be sent.

        :raises CannotOverwriteExistingCassetteException: if there is none, and the cassette does not take more
        """
        cassette = self.cassette
        if not cassette.can_play_response_for(self.vcr_request):
            if cassette.write_protected and cassette.filter_request(self.vcr_request):
                raise CannotOverwriteExistingCassetteException(cassette=cassette, failed_request=self.vcr_request)
            return None
        reply = cassette.play_response(self.vcr_request)
        headers = Headers.received([(name, value) for name, values in reply["headers"].items() for value in values])
        status = reply["status"]
        return Response(status["code"], headers, reply["body"]["string"], None, status["message"] or "", self.request)

    def record(self, response: Response) -> Response:
        """Store a response in the cassette, without secrets, and return it."""
        call = RecordedCall.from_response(self.recorded, self.request, response, _REDACTION)
        headers: dict[str, list[str]] = {}
        for name, value in call.headers:
            headers.setdefault(name, []).append(value)
        status = {"code": call.status, "message": call.reason}
        reply = {"status": status, "headers": headers, "body": {"string": encode_body(call.body)}}
        self.cassette.append(self.vcr_request, reply)
        return response


@attrs.frozen
class _CancellableCall:
    """A call that is replayed, or sent and recorded, and can be cancelled."""

    _call: _Call
    _exchange: Cancellable

    def run(self) -> Response:
        return self._call.play() or self._call.record(_read(self._exchange.run()))

    def cancel(self) -> None:
        self._exchange.cancel()


def _read(response: Response) -> Response:
    if response.stream is None:
        return response
    return attrs.evolve(response, body=cast(ByteStream, response.stream).read(), stream=None)


async def _read_async(response: Response) -> Response:
    if response.stream is None:
        return response
    return attrs.evolve(response, body=await cast(AsyncByteStream, response.stream).read(), stream=None)
