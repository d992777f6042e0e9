"""Reads the error documents of the services: which code, which messages, which parts.

The shapes: JSON:API (``application/vnd.api+json`` with a list ``errors``); a document with ``code`` and
``message``; and whatever else holds them somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs


@attrs.frozen
class ErrorSubdocument:
    """One error of those in a reply.

    :ivar raw: the document
    :param message_fields: where its text may be; the first that is there counts
    """

    raw: dict[str, Any]
    _message_fields: Sequence[str] = attrs.field(
        default=("message", "detail", "title"), repr=False, kw_only=True, alias="message_fields"
    )

    @property
    def message(self) -> str | None:
        """Its text, if it has any."""
        return next((self.raw[name] for name in self._message_fields if isinstance(self.raw.get(name), str)), None)

    @property
    def code(self) -> str | None:
        """Its code, if it has one."""
        return _text(self.raw.get("code"))

    def get(self, key: str, default: Any = None) -> Any:
        """A value of the document."""
        return self.raw.get(key, default)


@attrs.frozen
class ErrorDocument:
    """What a reader of errors wants to know of a document."""

    code: str | None = None
    messages: list[str] = attrs.field(factory=list)
    errors: list[ErrorSubdocument] = attrs.field(factory=list)
    request_id: str | None = None


def read_error(document: Any, *, is_json_api: bool, message_fields: Sequence[str]) -> ErrorDocument:
    """Read an error document of any shape; what is not an object says nothing."""
    if not isinstance(document, dict):
        return ErrorDocument()
    parts = _parts(document.get("errors"), message_fields)
    if is_json_api and parts:
        meta = document.get("meta")
        request_id = _text(meta.get("request_id")) if isinstance(meta, dict) else None
        return ErrorDocument(_shared_code(parts), _messages(parts), parts, request_id)
    code, message = _text(document.get("code")), _text(document.get("message"))
    request_id = _text(document.get("request_id"))
    if code is not None and message is not None:
        return ErrorDocument(code, [message], parts or _parts([document], message_fields), request_id)
    # Some services keep their error under "error", alone or in a list; others answer with the error itself.
    parts = parts or _parts([document.get("error")], message_fields) or _parts([document], message_fields)
    return ErrorDocument(code or _shared_code(parts), _messages(parts), parts, request_id)


def _parts(listed: Any, message_fields: Sequence[str]) -> list[ErrorSubdocument]:
    # A list with something else in it is no list of errors.
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return []
    return [ErrorSubdocument(one, message_fields=message_fields) for one in listed]


def _messages(parts: Iterable[ErrorSubdocument]) -> list[str]:
    return [part.message for part in parts if part.message is not None]


def _shared_code(parts: Sequence[ErrorSubdocument]) -> str | None:
    # Of several errors with different codes, none is the code of the whole.
    codes = {part.code for part in parts}
    return codes.pop() if len(codes) == 1 else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
