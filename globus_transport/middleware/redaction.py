"""Takes credentials out of what is written down: URLs, headers, forms and JSON documents."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.headers import SECRET_NAMES, Headers, Pair
from globus_transport.url_secrets import HIDDEN, SECRET_FIELDS, hidden_in_query, hidden_in_text

_SECRET_HEADER = re.compile(r"(?i)token|secret|api-?key|password|signature").search


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
        return self.url(value) if isinstance(value, str) else value

    def _member(self, name: str, value: Any) -> Any:
        lowered = name.lower()
        if lowered not in SECRET_FIELDS and lowered not in self.more:
            return self.document(value)
        # Whether there is one is worth knowing, and is no secret.
        return value if value is None or value == "" or isinstance(value, bool) else HIDDEN

    def body(self, body: bytes, content_type: str) -> dict[str, Any]:
        """A body as one of ``{"json": ...}``, ``{"form": text}``, ``{"text": text}`` and ``{"base64": text}``."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(body).decode("ascii")}
        if "x-www-form-urlencoded" in content_type.lower():
            return {"form": self.form(text)}
        if text.lstrip()[:1] in ("{", "["):
            try:
                return {"json": self.document(json.loads(text))}
            except (ValueError, RecursionError):
                pass  # It only looks like JSON.
        return {"text": self.url(text)}


def bytes_of(body: Mapping[str, Any]) -> bytes:
    """What :meth:`Redaction.body` describes, less the secrets.

    :raises ValueError: if it is none of the four
    """
    match body:
        case {"json": document}:
            return json_text(document, separators=(",", ":")).encode()
        case {"form": str(text)} | {"text": str(text)}:
            return text.encode("utf-8")
        case {"base64": str(text)}:
            return base64.b64decode(text, validate=True)
    raise ValueError(f"a body with the members {sorted(body)}; one of json, form, text, base64 is needed")


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
