"""Takes credentials out of what is written down: URLs, headers, forms, JSON documents and texts that hold some."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value
from typing import Any

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import SECRET_NAMES, Headers, Pair
from globus_transport.http.messages import Request
from globus_transport.http.secrets import HIDDEN, SECRET_FIELDS, hidden_in_query, hidden_in_text, is_secret_parameter

#: Bytes that a compressed body may stand for. A small one can stand for gigabytes.
MOST_INFLATED = 1 << 26
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_GZIP_START = b"\x1f\x8b"

_SECRET_HEADER = re.compile(r"(?i)token|secret|api-?key|password|signature").search
# The quotes are escaped in a document that is a text in another one.
_MEMBERS = re.compile(r'(?<!\\)(\\*)"([^"\\]++)\1"\s*:\s*').finditer
_QUOTES = re.compile(r'(\\*)"').finditer
_AFTER_NUMBER = re.compile(r"[\s,}\]]").search
_BLANK_LINE = re.compile(rb"(\r?\n\r?\n)")
_raw_decode = json.JSONDecoder().raw_decode


@attrs.frozen
class Redaction:
    """What is hidden: the usual names, and more.

    :param more: names of headers, parameters and members, in any case
    """

    more: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> Redaction:
        """:raises GlobusSDKUsageError: if it is one text, or something in it is no text"""
        listed = [names] if isinstance(names, str) else list(names)
        if isinstance(names, str) or not all(isinstance(name, str) for name in listed):
            raise GlobusSDKUsageError(f"secrets={names!r}: give a list of names, such as ['X-My-Key']")
        return cls(frozenset(name.lower() for name in listed))

    def url(self, text: str) -> str:
        """A URL, or a text that holds some, such as a Link header."""
        return hidden_in_text(text, self.more)

    def headers(self, headers: Headers) -> list[Pair]:
        """Every field, in order."""
        return [(name, HIDDEN if self._hides_header(name) else self.url(value)) for name, value in headers.pairs]

    def _hides_header(self, name: str) -> bool:
        lowered = name.lower()
        return lowered in SECRET_NAMES or lowered in self.more or _SECRET_HEADER(name) is not None

    def form(self, text: str) -> str:
        """Parameters as they are written in a form or a query."""
        return hidden_in_query(text, self.more)

    def document(self, value: Any) -> Any:
        """A JSON document."""
        if isinstance(value, Mapping):
            return {name: self._member(name, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.document(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def _member(self, name: str, value: Any) -> Any:
        if not self._hides_member(name):
            return self.document(value)
        # Whether there is one is worth knowing, and is no secret.
        return value if value is None or value == "" or isinstance(value, bool) else HIDDEN

    def _hides_member(self, name: str) -> bool:
        lowered = name.lower()
        return lowered in SECRET_FIELDS or lowered in self.more

    def text(self, text: str) -> str:
        """A text with members of JSON documents in it, such as JSON lines, and with URLs. The rest stays as it is."""
        pieces: list[str] = []
        end = 0
        for member in _MEMBERS(text):
            escape, name = member.groups()
            start = member.end()
            if start < end or not self._hides_member(name):
                continue
            stop = _end_of_value(text, start, escape)
            if text[start:stop] not in ("", "null", "true", "false", f'{escape}"{escape}"'):
                pieces += text[end:start], f'{escape}"{HIDDEN}{escape}"'
                end = stop
        return self.url("".join([*pieces, text[end:]]))

    def request_body(self, request: Request) -> dict[str, Any] | None:
        """The body of a request as :meth:`body` describes it, decoded if it is compressed.

        ``{"stream": length}`` if it is produced while it is sent, ``{"longer_than": length}`` if it is too long to be
        decoded, ``None`` if there is none.
        """
        body = request.body
        if isinstance(body, StreamBody):
            return {"stream": body.length}
        if not body:
            return None
        if request.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate"):
            try:
                inflated = _inflated(body)
            except zlib.error:
                inflated = body  # It is not what it says, so it is shown as it is.
            if inflated is None:
                return {"longer_than": MOST_INFLATED}
            body = inflated
        return self.body(body, request.headers.get("Content-Type", ""))

    def body(self, body: bytes, content_type: str) -> dict[str, Any]:
        """A body as one of ``{"json": ...}``, ``{"form": text}``, ``{"text": text}`` and ``{"base64": text}``."""
        boundary = _boundary(content_type)
        if boundary is None:
            return self._single_body(body, content_type)
        body = self._multipart(body, boundary)
        try:
            return {"text": body.decode("utf-8")}
        except UnicodeDecodeError:
            return _in_base64(body)

    def _single_body(self, body: bytes, content_type: str) -> dict[str, Any]:
        try:
            # In UTF-8, 16 or 32, with a byte order mark or without one.
            document = json.loads(body)
            if isinstance(document, (dict, list)):
                return {"json": self.document(document)}
        except (ValueError, RecursionError):
            pass  # It is no JSON, or too deep.
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return _in_base64(body)
        if "x-www-form-urlencoded" in content_type.lower():
            return {"form": self.form(text)}
        return {"text": self.text(text)}

    def _multipart(self, body: bytes, boundary: str) -> bytes:
        """A multipart/form-data body (RFC 7578): its delimiters as they stand, its parts less the secrets."""
        escaped = re.escape(boundary.encode("utf-8", "replace"))
        pieces = re.split(rb"((?:\A|\r?\n)--" + escaped + rb"(?:--)?[ \t]*(?=\r?\n|\Z))", body)
        pieces[::2] = map(self._part, pieces[::2])
        return b"".join(pieces)

    def _part(self, part: bytes) -> bytes:
        head, *rest = _BLANK_LINE.split(part, maxsplit=1)
        if not rest:
            return bytes_of(self._single_body(part, ""))
        blank, content = rest
        headers = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip())
        name = collapse_rfc2231_value(headers.get_param("name", "", header="Content-Disposition"))
        if not is_secret_parameter(name, self.more):
            content = bytes_of(self._single_body(content, headers.get_content_type()))
        elif content:
            content = HIDDEN.encode()
        return bytes_of(self._single_body(head, "")) + blank + content


def _end_of_value(text: str, start: int, escape: str) -> int:
    """Where the JSON value that starts there ends. One that breaks off takes all that follows with it.

    :param escape: the backslashes before a quote that begins or ends a string
    """
    if text.startswith(("{", "["), start):
        try:
            return _raw_decode(text, start)[1]
        except (ValueError, RecursionError):
            return len(text)
    opening = f'{escape}"'
    if not text.startswith(opening, start):
        after = _AFTER_NUMBER(text, start)
        return after.start() if after else len(text)
    for quote in _QUOTES(text, start + len(opening)):
        # A backslash of the string is written as twice as many and two, a quote of it as twice as many, one and itself.
        if len(quote[1]) % (2 * len(opening)) == len(escape):
            return quote.end()
    return len(text)


def _boundary(content_type: str) -> str | None:
    """What stands between the parts of a form in several parts; ``None`` for every other type."""
    message = Message()
    message["Content-Type"] = content_type
    return message.get_boundary() if message.get_content_type() == "multipart/form-data" else None


def _inflated(body: bytes) -> bytes | None:
    """What a gzip or zlib body stands for, ``None`` if that is longer than :data:`MOST_INFLATED`.

    :raises zlib.error: if it is neither, or breaks off
    """
    plain = bytearray()
    while True:
        member = zlib.decompressobj(_GZIP_OR_ZLIB)
        plain += member.decompress(body, MOST_INFLATED + 1 - len(plain))
        if len(plain) > MOST_INFLATED:
            return None
        if not member.eof:
            raise zlib.error("the body breaks off")
        body = member.unused_data
        # A gzip body may be several compressed members. Anything else after the first is padding.
        if not body.startswith(_GZIP_START):
            return bytes(plain)


def _in_base64(body: bytes) -> dict[str, Any]:
    return {"base64": base64.b64encode(body).decode("ascii")}


def bytes_of(body: Mapping[str, Any]) -> bytes:
    """What :meth:`Redaction.body` describes, less the secrets.

    :raises ValueError: if it is none of the four
    """
    match body:
        case {"json": document}:
            return compact(document).encode()
        case {"form": str(text)} | {"text": str(text)}:
            return text.encode("utf-8")
        case {"base64": str(text)}:
            return base64.b64decode(text, validate=True)
    raise ValueError(f"a body with the members {sorted(body)}; one of json, form, text, base64 is needed")


def compact(document: Any) -> str:
    """A document without white space."""
    return json_text(document, separators=(",", ":"))


def json_text(document: Any, **layout: Any) -> str:
    """A document for people to read, which can be written as UTF-8.

    :param layout: as ``json.dumps`` takes it
    """
    text = json.dumps(document, ensure_ascii=False, **layout)
    try:
        text.encode()
    except UnicodeEncodeError:  # JSON can hold half a character (RFC 8259, section 8.2), as an escape only.
        text = json.dumps(document, **layout)
    return text
