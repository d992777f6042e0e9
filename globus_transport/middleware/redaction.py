"""Hides credentials in what is logged, shown or recorded: URLs, headers, forms, JSON documents and other texts."""

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
from globus_transport.http.bodies import StreamBody, inflate
from globus_transport.http.headers import Headers, Pair, is_secret_header
from globus_transport.http.messages import Request
from globus_transport.http.redacted_documents import hidden_in_document, hidden_in_members
from globus_transport.http.secrets import HIDDEN, hidden_in_query, hidden_in_text, is_secret_parameter

#: Maximum size in bytes of a decompressed body. A small compressed body can expand to gigabytes.
MOST_INFLATED = 1 << 26
_BLANK_LINE = re.compile(rb"(\r?\n\r?\n)")


@attrs.frozen
class Redaction:
    """Hides the values of headers, parameters and members whose names are those of credentials.

    :param more: more names of headers, parameters and members to hide, in lower case
    """

    more: frozenset[str] = frozenset()

    @classmethod
    def from_names(cls, names: Iterable[str]) -> Redaction:
        """Hide these names, in any case, besides the usual ones.

        :raises GlobusSDKUsageError: if ``names`` is a text, or contains something that is not text
        """
        listed = [names] if isinstance(names, str) else list(names)
        if isinstance(names, str) or not all(isinstance(name, str) for name in listed):
            raise GlobusSDKUsageError(f"secrets={names!r}: give a list of names, such as ['X-My-Key']")
        return cls(frozenset(name.lower() for name in listed))

    def redact_url(self, text: str) -> str:
        """Hide credentials in a URL, or in a text that contains URLs, such as a Link header."""
        return hidden_in_text(text, self.more)

    def redact_headers(self, headers: Headers) -> list[Pair]:
        """Hide credentials in headers. All headers remain, in the same order."""
        return [
            (name, HIDDEN if is_secret_header(name, self.more) else self.redact_url(value))
            for name, value in headers.pairs
        ]

    def redact_form(self, text: str) -> str:
        """Hide credentials in the parameters of a form or a query."""
        return hidden_in_query(text, self.more)

    def redact_document(self, value: Any) -> Any:
        """Hide credentials in a JSON document."""
        return hidden_in_document(value, self.more)

    def redact_text(self, text: str) -> str:
        """Hide credentials in a text that contains URLs or members of JSON documents, such as JSON lines."""
        return hidden_in_members(text, self.more)

    def describe_request_body(self, request: Request) -> dict[str, Any] | None:
        """Describe the body of a request as :meth:`describe_body` does, decompressed, with credentials hidden.

        :return: also ``{"stream": length}`` for a body that is produced while it is sent, ``{"longer_than": length}``
            for one that is too long to be decompressed, and ``None`` for no body
        """
        body = request.body
        if isinstance(body, StreamBody):
            return {"stream": body.length}
        if not body:
            return None
        if request.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate"):
            try:
                plain = inflate(body, MOST_INFLATED)
            except zlib.error:
                # The Content-Encoding is wrong, so the body is described as it is.
                plain = body
            if plain is None:
                return {"longer_than": MOST_INFLATED}
            body = plain
        return self.describe_body(body, request.headers.get("Content-Type", ""))

    def describe_body(self, body: bytes, content_type: str) -> dict[str, Any]:
        """Describe a body, with credentials hidden.

        :return: one of ``{"json": ...}``, ``{"form": text}``, ``{"text": text}`` and ``{"base64": text}``
        """
        boundary = _get_boundary(content_type)
        if boundary is None:
            return self._describe_single_body(body, content_type)
        body = self._redact_multipart(body, boundary)
        try:
            return {"text": body.decode("utf-8")}
        except UnicodeDecodeError:
            return _in_base64(body)

    def _describe_single_body(self, body: bytes, content_type: str) -> dict[str, Any]:
        try:
            # loads() detects UTF-8, UTF-16 and UTF-32, with or without a byte order mark.
            document = json.loads(body)
            if isinstance(document, (dict, list)):
                return {"json": self.redact_document(document)}
        except (ValueError, RecursionError):
            # It is not JSON, or nested too deeply.
            pass
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return _in_base64(body)
        if "x-www-form-urlencoded" in content_type.lower():
            return {"form": self.redact_form(text)}
        return {"text": self.redact_text(text)}

    def _redact_multipart(self, body: bytes, boundary: str) -> bytes:
        """Hide credentials in the parts of a multipart/form-data body (RFC 7578). The delimiters stay unchanged."""
        escaped = re.escape(boundary.encode("utf-8", "replace"))
        pieces = re.split(rb"((?:\A|\r?\n)--" + escaped + rb"(?:--)?[ \t]*(?=\r?\n|\Z))", body)
        pieces[::2] = map(self._redact_part, pieces[::2])
        return b"".join(pieces)

    def _redact_part(self, part: bytes) -> bytes:
        head, *rest = _BLANK_LINE.split(part, maxsplit=1)
        if not rest:
            return encode_body(self._describe_single_body(part, ""))
        blank, content = rest
        headers = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip())
        name = collapse_rfc2231_value(headers.get_param("name", "", header="Content-Disposition"))
        if not is_secret_parameter(name, self.more):
            content = encode_body(self._describe_single_body(content, headers.get_content_type()))
        elif content:
            content = HIDDEN.encode()
        return encode_body(self._describe_single_body(head, "")) + blank + content


def _get_boundary(content_type: str) -> str | None:
    """The boundary of a ``multipart/form-data`` content type; ``None`` for other types."""
    message = Message()
    message["Content-Type"] = content_type
    return message.get_boundary() if message.get_content_type() == "multipart/form-data" else None


def _in_base64(body: bytes) -> dict[str, Any]:
    return {"base64": base64.b64encode(body).decode("ascii")}


def encode_body(body: Mapping[str, Any]) -> bytes:
    """The body that :meth:`Redaction.describe_body` describes, without the credentials.

    :raises ValueError: if the description has another form
    """
    match body:
        case {"json": document}:
            return compact_json(document).encode()
        case {"form": str(text)} | {"text": str(text)}:
            return text.encode("utf-8")
        case {"base64": str(text)}:
            return base64.b64decode(text, validate=True)
    raise ValueError(f"a body with the members {sorted(body)}; one of json, form, text, base64 is needed")


def compact_json(document: Any) -> str:
    """A JSON document without white space."""
    return format_json(document, separators=(",", ":"))


def format_json(document: Any, **layout: Any) -> str:
    """A JSON document that is readable and can be encoded as UTF-8.

    :param layout: ``indent`` or ``separators`` of ``json.dumps``
    """
    text = json.dumps(document, ensure_ascii=False, **layout)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A JSON string may contain a lone surrogate (RFC 8259, section 8.2), which only an escape can represent.
        text = json.dumps(document, **layout)
    return text
