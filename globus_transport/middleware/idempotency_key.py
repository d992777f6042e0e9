"""Gives each call that changes something a key, by which a service can tell a repetition from a second call.

The header is that of draft-ietf-httpapi-idempotency-key-header (IETF).
"""

from __future__ import annotations

from collections.abc import Callable
from os import urandom
from typing import Any

import attrs

from globus_transport.core.layers import runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers, check_field
from globus_transport.http.messages import Request


def _check_name(_layer: IdempotencyKey, _attribute: attrs.Attribute[str], name: str) -> None:
    check_field(name, "")


def _check_make(_layer: IdempotencyKey, _attribute: attrs.Attribute[Any], make: Any) -> None:
    if make is not None and (not callable(make) or runs_coroutine(make)):
        raise GlobusSDKUsageError(f"IdempotencyKey(make={make!r}): give a plain function without arguments")


@attrs.frozen
class IdempotencyKey:
    """Put a key on every POST and PATCH that has none. Stands above the retry layer: all attempts carry the same::

        client = client.with_stack(client.stack.add(IdempotencyKey(honoured=True), before="retry"))

    :param header: its name
    :param honoured: whether the service does a call with a known key only once. Then the retry layer may repeat such
        a request after any failure; otherwise the key changes nothing about that. The Globus services do not document
        such a header: say ``True`` for a service that does
    :param make: gives a new value for the header, as it is to be sent. By default that is 128 random bits as a string
        by RFC 8941: 32 hexadecimal digits in quotation marks. For a service that wants a UUID, and no quotation marks:
        ``make=lambda: str(uuid.uuid4())``
    :raises GlobusSDKUsageError: if ``header`` cannot be the name of one, or ``make`` cannot be called without waiting;
        when a request is sent, if what ``make`` gives cannot be the value of a header
    """

    header: str = attrs.field(default="Idempotency-Key", validator=_check_name)
    honoured: bool = False
    make: Callable[[], str] | None = attrs.field(default=None, validator=_check_make)

    def __call__(self, request: Request) -> Request:
        if request.method not in ("POST", "PATCH"):
            return request
        if self.header not in request.headers:
            # From the system for each key: what a process keeps in stock, or counts up, would come twice if it is
            # forked or its memory is restored.
            value = f'"{urandom(16).hex()}"' if self.make is None else self._made(self.make)
            request = request.with_headers(Headers.received((*request.headers.pairs, (self.header, value))))
        if self.honoured and request.repeatable is None:
            request = attrs.evolve(request, repeatable=True)
        return request

    def _made(self, make: Callable[[], str]) -> str:
        value = make()
        check_field(self.header, value)
        return value

    def __str__(self) -> str:
        return f"{self.header} on POST and PATCH, {'which the service honours' if self.honoured else 'for information'}"
