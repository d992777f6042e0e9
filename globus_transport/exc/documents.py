"""Reads the error documents of the services: their code, messages and single errors.

There are three formats: JSON:API (``application/vnd.api+json`` with a list ``errors``); a document with ``code`` and
``message``; and documents that hold these in other fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs


@attrs.frozen
class ErrorSubdocument:
    """A single error in an error document.

    :ivar raw: the JSON object
    :param message_fields: names of the fields that may hold the text. The first one that holds text is used
    """

    raw: dict[str, Any]
    _message_fields: Sequence[str] = attrs.field(
        default=("message", "detail", "title"), repr=False, kw_only=True, alias="message_fields"
    )

    @property
    def message(self) -> str | None:
        """The error's text; ``None`` if it has none."""
        return next((self.raw[name] for name in self._message_fields if isinstance(self.raw.get(name), str)), None)

    @property
    def code(self) -> str | None:
        """The error's code; ``None`` if it has none."""
        return _text_or_none(self.raw.get("code"))

    def get(self, key: str, default: Any = None) -> Any:
        """Get a field of the JSON object.

        :param key: the name of the field
        :param default: returned if there is none
        """
        return self.raw.get(key, default)


@attrs.frozen
class ErrorDocument:
    """The contents of an error document, in one format for all services.

    :ivar code: the service's code for the error
    :ivar messages: the service's explanations
    :ivar errors: the single errors
    :ivar request_id: identifies the call in the service's logs
    """

    code: str | None = None
    messages: list[str] = attrs.field(factory=list)
    errors: list[ErrorSubdocument] = attrs.field(factory=list)
    request_id: str | None = None


def read_error(document: Any, *, is_json_api: bool, message_fields: Sequence[str]) -> ErrorDocument:
    """Read an error document of any format.

    :param document: the parsed body; if it is not a JSON object, the result is empty
    :param is_json_api: whether the media type is that of JSON:API
    :param message_fields: names of the fields that may hold the text of an error
    """
    if not isinstance(document, dict):
        return ErrorDocument()
    errors = _read_errors(document.get("errors"), message_fields)
    if is_json_api and errors:
        meta = document.get("meta")
        request_id = _text_or_none(meta.get("request_id")) if isinstance(meta, dict) else None
        return ErrorDocument(_find_common_code(errors), _list_messages(errors), errors, request_id)
    code, message = _text_or_none(document.get("code")), _text_or_none(document.get("message"))
    request_id = _text_or_none(document.get("request_id"))
    itself = _read_errors([document], message_fields)
    if code is not None and message is not None:
        described, messages = errors or itself, [message]
    else:
        # Some services put a single error under "error"; others send the error as the document.
        described = errors or _read_errors([document.get("error")], message_fields) or itself
        code, messages = code or _find_common_code(described), _list_messages(described)
    # An empty list says that there are no single errors.
    return ErrorDocument(code, messages, [] if document.get("errors") == [] else described, request_id)


def _read_errors(values: Any, message_fields: Sequence[str]) -> list[ErrorSubdocument]:
    # A list that also holds other values is not a list of errors.
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        return []
    return [ErrorSubdocument(value, message_fields=message_fields) for value in values]


def _list_messages(errors: Iterable[ErrorSubdocument]) -> list[str]:
    return [error.message for error in errors if error.message is not None]


def _find_common_code(errors: Sequence[ErrorSubdocument]) -> str | None:
    codes = {error.code for error in errors}
    return codes.pop() if len(codes) == 1 else None


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None
