"""Gives each call that changes something a key, by which a service can tell a repetition from a second call.

The header is that of draft-ietf-httpapi-idempotency-key-header (IETF).
"""

from __future__ import annotations

import os

import attrs

from globus_transport.flow import Flow
from globus_transport.headers import Headers, check_field
from globus_transport.messages import Request, Response


def _check(_layer: IdempotencyKey, _attribute: attrs.Attribute[str], name: str) -> None:
    check_field(name, "")


@attrs.frozen
class IdempotencyKey:
    """Put a key on every POST and PATCH that has none. Stands above the retry layer: all attempts carry the same::

        client = client.with_stack(client.stack.add(IdempotencyKey(honoured=True), before="retry"))

    :param header: its name
    :param honoured: whether the service does a call with a known key only once. Then the retry layer may repeat such
        a request after any failure; otherwise the key changes nothing about that. The Globus services do not document
        such a header: say ``True`` for a service that does
    :raises GlobusSDKUsageError: if ``header`` cannot be the name of one
    """

    header: str = attrs.field(default="Idempotency-Key", validator=_check)
    honoured: bool = False

    def __call__(self, request: Request) -> Flow:
        if request.method in ("POST", "PATCH"):
            if self.header not in request.headers:
                # A string by RFC 8941, section 3.3.3: in quotation marks.
                key = (self.header, f'"{_random_uuid()}"')
                request = request.with_headers(Headers.received((*request.headers.pairs, key)))
            if self.honoured and request.repeatable is None:
                request = attrs.evolve(request, repeatable=True)
        response: Response = yield request
        return response

    def __str__(self) -> str:
        return f"{self.header} on POST and PATCH, {'which the service honours' if self.honoured else 'for information'}"


def _random_uuid() -> str:
    # As uuid4() makes one (RFC 9562, section 5.4), in a third of its time. From the system for each key: what a process
    # keeps in stock, or counts up, would come twice if it is forked or its memory is restored.
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
