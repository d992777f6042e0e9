"""One call: what is sent, what is done with the reply, and whether the reply is the call's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from typing import Literal

import attrs

from benchmarks.soak.connection import TOKEN_PATH
from benchmarks.soak.counts import BodyError, Counts
from globus_transport.exc import GlobusAPIError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.routing.replies import GlobusHTTPResponse

#: What is done with a streamed reply.
Reading = Literal["read", "iterate", "leave", "close", "abandon"]

_METHODS = ("GET", "GET", "PUT", "POST", "HEAD")
_READINGS: tuple[Reading, ...] = ("read", "iterate", "leave", "close", "abandon")
_COUNTS = (1, 500, 20_000)


@attrs.frozen
class Call:
    """What a call sends.

    :ivar call_id: also its path; the bodies of request and reply repeat it
    :ivar body: ``None`` for none
    :ivar reading: what is done with the reply if it is streamed; ``None`` if it is not
    """

    call_id: str
    method: str
    body: bytes | StreamBody | None
    reading: Reading | None


def choose_call(random: Random, call_id: str) -> Call:
    """A call of any kind."""
    method = random.choice(_METHODS)
    body = _choose_body(random, f"{call_id}|".encode()) if method in ("PUT", "POST") else None
    return Call(call_id, method, body, random.choice(_READINGS) if random.random() < 0.5 else None)


def _choose_body(random: Random, unit: bytes) -> bytes | StreamBody | None:
    kind = random.choice(("none", "whole", "whole", "replayable", "once", "slow", "failing"))
    count = random.choice(_COUNTS)
    if kind == "none":
        return None
    if kind == "whole":
        return unit * count
    parts = random.choice((1, 5, 20))
    part = unit * (count // parts + 1)

    def open_body() -> Iterator[bytes]:
        for number in range(parts):
            if kind == "failing" and number == parts // 2:
                raise BodyError
            if kind == "slow":
                time.sleep(0.001)
            yield part

    length = len(part) * parts if random.random() < 0.5 else None
    return StreamBody(open_body, length, replayable=kind == "replayable")


def check_reply(counts: Counts, call: Call, reply: GlobusHTTPResponse, body: bytes, *, is_tls: bool) -> None:
    """Compare a reply with what its call has to get, byte by byte.

    Without TLS, nothing tells whether a body that only the end of the connection ends is whole.
    """
    headers = reply.headers
    if headers.get("X-Id") != call.call_id:
        counts.add_mixed_up(f"{call.call_id} got the head of {headers.get('X-Id')}")
        return
    count = 0 if call.method == "HEAD" or reply.http_status == 204 else int(headers["X-Count"])
    expected = f"{call.call_id}|".encode() * count
    may_be_cut = not is_tls and "Content-Length" not in headers and "Transfer-Encoding" not in headers
    if body != expected and not (may_be_cut and expected.startswith(body)):
        counts.add_mixed_up(f"{call.call_id} got {len(body)} bytes for {len(expected)}, {body[:60]!r}: {headers!r}")


def check_error(counts: Counts, call: Call, error: BaseException) -> None:
    """Count how a call failed. The service's errors have to be its own, too."""
    counts.add_error(call.call_id, error)
    if isinstance(error, GlobusAPIError):
        _check_refusal(counts, call, error.headers, error.messages)


def _check_refusal(counts: Counts, call: Call, headers: Headers, messages: list[str]) -> None:
    refused = headers.get("X-Id")
    # The token endpoint refuses a renewal, and the call that needs it fails with that.
    if refused == TOKEN_PATH:
        return
    if refused != call.call_id or (messages != [call.call_id] and call.method != "HEAD"):
        counts.add_mixed_up(f"{call.call_id} got the refusal of {refused}: {messages}")
