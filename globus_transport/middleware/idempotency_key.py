"""Gives each call that changes something a key, by which the service recognizes a repeated request.

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
    """Add a key to every POST and PATCH without one. Place it above the retry layer: all attempts carry the same key::

        keys = IdempotencyKey(honoured=True)
        client = client.with_stack(client.stack.add(keys, before="retry"))

    :param header: name of the header
    :param honoured: whether the service processes requests with the same key only once. If ``True``, the retry layer
        may repeat such a request after any failure. If ``False``, the key does not change what is repeated. The Globus
        services do not document such a header; use ``True`` for a service that documents one
    :param make: returns a new value for the header. By default the value is 128 random bits as a string of RFC 8941:
        32 hexadecimal digits in quotation marks. For a service that requires a UUID without quotation marks:
        ``make=lambda: str(uuid.uuid4())``
    :raises GlobusSDKUsageError: if ``header`` is not a valid name, or ``make`` is not a plain function; when a request
        is sent, if ``make`` returns a value that is not valid in a header
    """

    header: str = attrs.field(default="Idempotency-Key", validator=_check_name)
    honoured: bool = False
    make: Callable[[], str] | None = attrs.field(default=None, validator=_check_make)

    def __call__(self, request: Request) -> Request:
        if request.method not in ("POST", "PATCH"):
            return request
        if self.header not in request.headers:
            # Each key comes from the operating system. A generator in the process could repeat a key after a fork, or
            # after a snapshot of a virtual machine is restored.
            value = f'"{urandom(16).hex()}"' if self.make is None else self._make_value(self.make)
            request = request.with_headers(Headers.received((*request.headers.pairs, (self.header, value))))
        if self.honoured and request.repeatable is None:
            request = attrs.evolve(request, repeatable=True)
        return request

    def _make_value(self, make: Callable[[], str]) -> str:
        value = make()
        check_field(self.header, value)
        return value

    def __str__(self) -> str:
        return f"{self.header} on POST and PATCH, {'which the service honours' if self.honoured else 'for information'}"
