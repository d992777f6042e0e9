"""The secrets of a request that a service may repeat in its response, and how they are hidden there.

A token endpoint may answer ``refresh token Ag5... is unknown``. What the request itself carried is known, whatever the
response looks like, so that it can be hidden in all of it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

from globus_transport.http.bodies import ERROR_BODY_LIMIT, inflate
from globus_transport.http.headers import is_secret_header
from globus_transport.http.messages import Request
from globus_transport.http.secrets import HIDDEN, SECRET_FIELDS, is_secret_parameter

# A shorter text is not searched for: it could stand there by chance.
_SHORTEST = 8


def secrets_of(request: Request, more: frozenset[str] = frozenset()) -> list[str]:
    """The secrets of a request, each in all spellings in which it may be repeated; the longest first.

    They are those of its headers, of its query, and of a body of up to a megabyte that is a form or a JSON document.

    :param more: further names of headers, parameters and members whose values are secrets, in lower case
    """
    secrets = {secret for secret in _secrets_of(request, more) if len(secret) >= _SHORTEST}
    # The longest first, because it may contain a shorter one.
    return sorted(
        {spelling for secret in secrets for spelling in _spellings_of(secret)}, key=lambda text: (-len(text), text)
    )


def hidden_in(secrets: Sequence[str], text: str) -> str:
    """A text without these secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def hidden_in_bytes(secrets: Sequence[str], data: bytes) -> bytes:
    """A body without these secrets."""
    for secret in secrets:
        data = data.replace(secret.encode("utf-8", "replace"), HIDDEN.encode())
    return data


def _secrets_of(request: Request, more: frozenset[str]) -> Iterator[str]:
    for name, value in request.headers.pairs:
        if name.lower() == "authorization":
            yield from _of_authorization(value)
        elif name.lower() == "cookie":
            yield value
            yield from (cookie.partition("=")[2].strip() for cookie in value.split(";"))
        elif is_secret_header(name, more):
            yield value
    query = request.url.target.partition("?")[2]
    yield from _of_parameters(query, more)
    text = _plain_body(request).decode("utf-8", "replace")
    if "x-www-form-urlencoded" in request.headers.get("Content-Type", "").lower():
        yield from _of_parameters(text, more)
    else:
        yield from _of_document(text, SECRET_FIELDS | more)


def _plain_body(request: Request) -> bytes:
    """A body without its compression; empty if it is a stream, or long."""
    body = request.body
    if not isinstance(body, bytes) or len(body) > ERROR_BODY_LIMIT:
        return b""
    if "Content-Encoding" not in request.headers:
        return body
    try:
        return inflate(body, ERROR_BODY_LIMIT) or b""
    except zlib.error:
        return body


def _of_authorization(value: str) -> Iterator[str]:
    scheme, _, credential = value.rpartition(" ")
    yield credential
    if scheme.strip().lower() == "basic":
        try:
            secret = base64.b64decode(credential, validate=True).partition(b":")[2]
        except ValueError:
            # It is not Base64.
            return
        # The encoding is not defined (RFC 7617, section 2.1). OAuth 2 clients encode the secret as in a form first
        # (RFC 6749, section 2.3.1).
        for text in (secret.decode("utf-8", "replace"), secret.decode("latin-1")):
            yield text
            yield unquote_plus(text)


def _of_parameters(text: str, more: frozenset[str]) -> Iterator[str]:
    return (value for name, value in parse_qsl(text) if is_secret_parameter(name, more))


def _of_document(text: str, names: frozenset[str]) -> Iterator[str]:
    lowered = text.lower()
    if not any(f'"{name}"' in lowered for name in names):
        return iter(())
    try:
        return _of_value(json.loads(text), names)
    except (ValueError, RecursionError):
        return iter(())


def _of_value(value: Any, names: frozenset[str]) -> Iterator[str]:
    members: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        members = value.values()
        yield from (str(value[name]) for name in value if name.lower() in names and value[name])
    for member in members:
        yield from _of_value(member, names)


def _spellings_of(secret: str) -> list[str]:
    """A secret as it is, as it is encoded in a URL, and as it is escaped in a JSON document."""
    in_json = [json.dumps(secret, ensure_ascii=escaped)[1:-1] for escaped in (True, False)]
    # A document that is a text in another one.
    in_json += [json.dumps(text)[1:-1] for text in in_json]
    in_url = [quote(secret, safe, errors="replace") for safe in ("/", "")]
    return [secret, *in_url, quote_plus(secret, errors="replace"), *in_json]
