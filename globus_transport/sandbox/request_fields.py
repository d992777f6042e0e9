"""Reading the fields of a JSON body, for the services that name all fields that are wrong in one answer.

For each field it says where it stands, what is wrong with it, and the kind of the error. This is FastAPI's form, and
the answer of Groups and Timers; Search and Connect Server write it into documents of their own.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection, Iterator
from typing import Any, TypeVar, cast

from flask import request

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.json_bodies import parse_json
from globus_transport.sandbox.records import Document

Location = tuple[str | int, ...]

_T = TypeVar("_T")
_KINDS: dict[type, str] = {str: "str", bool: "bool", int: "integer", dict: "dict", list: "list"}


class InvalidFieldsError(Exception):
    """Fields of a request are missing or wrong.

    :ivar errors: a document for each field: ``loc``, ``msg`` and ``type``
    """

    def __init__(self, errors: list[Document]) -> None:
        super().__init__("; ".join(str(error["msg"]) for error in errors))
        self.errors = errors


def field_error(location: Location, message: str, kind: str = "value_error") -> Document:
    """What is wrong with one field."""
    return {"loc": list(location), "msg": message, "type": kind}


def read_body() -> Document:
    """The JSON object in the body of the current request. It raises as :func:`parse_body` does."""
    return parse_body(request.get_data())


def parse_body(body: bytes) -> Document:
    """The JSON object in a body.

    :raises InvalidFieldsError: if it is not a JSON object, or has text that is not valid Unicode or has a NUL in it, or
        a number that is too large
    """
    try:
        document = parse_json(body)
        _check_values(document)
    except ValueError as error:
        raise InvalidFieldsError(
            [field_error(("body",), f"The body is not JSON: {error}", "value_error.json")]
        ) from None
    if not isinstance(document, dict):
        raise InvalidFieldsError([field_error(("body",), "value is not a valid dict", "type_error.dict")])
    return cast(Document, document)


def read_id(name: str, value: str, location: str = "path") -> str:
    """An id in the path or the query.

    :raises InvalidFieldsError: if it is not a UUID
    """
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise InvalidFieldsError(
            [field_error((location, name), "value is not a valid uuid", "type_error.uuid")]
        ) from None


def parse_digits(text: str) -> int | None:
    """The number that ASCII digits are, at most ten; ``None`` for other text, such as ``1_0``, which int() takes."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


class Fields:
    """The fields of an object. What is wrong is collected, and raised by :meth:`check`.

    :param location: of the object in the request
    :param errors: of the object that this one is part of
    :ivar errors: what is wrong so far, as :class:`InvalidFieldsError` has it
    """

    def __init__(
        self, document: Document, location: Location = ("body",), errors: list[Document] | None = None
    ) -> None:
        self.document = document
        self._location = location
        self.errors = [] if errors is None else errors

    def check(self) -> None:
        """Raise what was found to be wrong.

        :raises InvalidFieldsError: if something is
        """
        if self.errors:
            raise InvalidFieldsError(self.errors)

    def refuse(self, name: str, message: str, kind: str = "value_error") -> None:
        """Note that a field is wrong."""
        self.errors.append(field_error((*self._location, name), message, kind))

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A text. A required one is not empty."""
        found = self._value(name, str, required)
        if required and found == "":
            self.refuse(name, "ensure this value has at least 1 characters", "value_error.any_str.min_length")
        return found

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """One of some texts."""
        found = self._value(name, str, required)
        if found is not None and found not in choices:
            self.refuse(
                name, f"value is not a valid enumeration member; permitted: {', '.join(choices)}", "type_error.enum"
            )
            return None
        return found

    def flag(self, name: str) -> bool | None:
        """A truth value."""
        return self._value(name, bool, False)

    def integer(self, name: str, least: int, most: int, *, required: bool = False) -> int | None:
        """A whole number within bounds."""
        return self._within(name, self._value(name, int, required), least, most)

    def seconds(self, name: str, least: int, most: int, *, required: bool = False) -> int | None:
        """A length of time within bounds, rounded down to a whole number of seconds."""
        found = self.document.get(name)
        seconds = math.floor(found) if isinstance(found, float) else self._value(name, int, required)
        return self._within(name, seconds, least, most)

    def date(self, name: str, *, required: bool = False) -> float | None:
        """A date in ISO 8601, in seconds since the epoch."""
        found = self._value(name, str, required)
        if found is None:
            return None
        try:
            return parse_iso_time(found)
        except ValueError:
            self.refuse(name, "invalid datetime format", "value_error.datetime")
            return None

    def id(self, name: str, *, required: bool = False) -> str | None:
        """A UUID, in its usual form."""
        found = self._value(name, str, required)
        if found is None:
            return None
        try:
            return str(uuid.UUID(found))
        except ValueError:
            self.refuse(name, "value is not a valid uuid", "type_error.uuid")
            return None

    def object(self, name: str, *, required: bool = False) -> Document | None:
        """A JSON object."""
        return self._value(name, dict, required)

    def nested(self, name: str, *, required: bool = False) -> Fields | None:
        """The fields of an object in this one."""
        found = self._value(name, dict, required)
        return None if found is None else Fields(found, (*self._location, name), self.errors)

    def each(self, name: str) -> list[Fields]:
        """The fields of each object in a list."""
        found: list[Fields] = []
        for index, entry in enumerate(self._value(name, list, False) or []):
            if isinstance(entry, dict):
                location = (*self._location, name, index)
                found.append(Fields(cast(Document, entry), location, self.errors))
            else:
                self.refuse(name, "value is not a valid dict", "type_error.dict")
        return found

    def texts(self, name: str, choices: Collection[str]) -> list[str] | None:
        """A list of some of these texts, each once."""
        found = self._value(name, list, False)
        if found is None:
            return None
        if not all(isinstance(entry, str) and entry in choices for entry in found):
            self.refuse(name, "value is not a valid enumeration member", "type_error.enum")
            return None
        return list(dict.fromkeys(found))

    def _value(self, name: str, kind: type[_T], required: bool) -> _T | None:
        found = self.document.get(name)
        if found is None:
            if required:
                self.refuse(name, "field required", "value_error.missing")
            return None
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            self.refuse(name, f"value is not a valid {_KINDS[kind]}", f"type_error.{_KINDS[kind]}")
            return None
        return found

    def _within(self, name: str, found: int | None, least: int, most: int) -> int | None:
        if found is not None and not least <= found <= most:
            self.refuse(name, f"ensure this value is from {least} to {most}", "value_error.number.not_in_range")
            return None
        return found


def _check_values(document: object) -> None:
    for value in _values(document):
        if isinstance(value, str):
            value.encode()
            if "\0" in value:
                raise ValueError("A text has a NUL in it")
        elif isinstance(value, float) and math.isinf(value):
            raise ValueError("A number is too large")


def _values(document: Any) -> Iterator[object]:
    if isinstance(document, dict):
        for key, value in cast(dict[str, object], document).items():
            yield key
            yield from _values(value)
    elif isinstance(document, list):
        for value in cast(list[object], document):
            yield from _values(value)
    else:
        yield document
