"""Reading requests to Search: fields of bodies, and the query of the URL."""

from __future__ import annotations

from typing import Any, Union, cast

from flask import request

from globus_transport.sandbox.request_fields import Fields, parse_digits
from globus_transport.sandbox.search.errors import bad_request

Number = Union[int, float]


def read_integer(fields: Fields, name: str, least: int, most: int, default: int | None = None) -> int:
    """A whole number within bounds. What is wrong is noted in the fields.

    :param default: the number if it is missing; ``None`` if it is required
    """
    found = fields.integer(name, least, most, required=default is None)
    return next(number for number in (found, default, least) if number is not None)


def read_number(fields: Fields, name: str, least: Number, most: Number, *, required: bool = True) -> Number | None:
    """A number within bounds. What is wrong is noted in the fields."""
    found = fields.document.get(name)
    if found is None and not required:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not least <= found <= most:
        fields.refuse(name, f"value is not a number from {least} to {most}", "type_error.number")
        return None
    return found


def read_scalars(fields: Fields, name: str) -> tuple[Any, ...]:
    """A list of texts, numbers and truth values. What is wrong is noted in the fields."""
    found = fields.document.get(name)
    if isinstance(found, list):
        values = cast(list[object], found)
        if values and all(isinstance(value, (str, int, float)) for value in values):
            return tuple(values)
    fields.refuse(name, "value is not a list of texts, numbers and truth values, with one at least", "type_error.list")
    return ()


def read_texts(fields: Fields, name: str, *, required: bool = False) -> list[str]:
    """A list of texts. What is wrong is noted in the fields."""
    found = fields.document.get(name)
    if found is None and not required:
        return []
    if isinstance(found, list) and all(isinstance(text, str) for text in cast(list[object], found)):
        return cast(list[str], found)
    fields.refuse(name, "value is not a list of texts", "type_error.list")
    return []


def read_argument(name: str, *, required: bool = False) -> str | None:
    """A parameter in the query of the URL.

    :raises SearchError: if it is required and missing, or has a NUL
    """
    found = request.args.get(name)
    if required and not found:
        raise bad_request(f"The query parameter {name!r} is missing")
    if found is not None and "\0" in found:
        raise bad_request(f"The query parameter {name!r} has a NUL in it")
    return found


def read_flag(name: str) -> bool:
    """A truth value in the query of the URL; false if it is missing.

    :raises SearchError: if it is neither true nor false
    """
    found = (request.args.get(name) or "false").lower()
    if found not in ("true", "false"):
        raise bad_request(f"The query parameter {name!r} must be true or false")
    return found == "true"


def read_digits(name: str) -> int | None:
    """A whole number in the query of the URL; ``None`` if it is missing.

    :raises SearchError: if it is not a number
    """
    found = request.args.get(name)
    if found is None:
        return None
    number = parse_digits(found)
    if number is None:
        raise bad_request(f"The query parameter {name!r} must be a whole number")
    return number


def check_result_format(version: object) -> None:
    """Check which form of results is asked for.

    :raises SearchError: if it is not the current one
    """
    if version not in (None, "2019-08-27"):
        raise bad_request("The sandbox has results of the version 2019-08-27 only")
