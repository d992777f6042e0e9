"""Parameters of routes: where each goes in the request, and how its value is written.

A marker for ``typing.Annotated`` says where a parameter goes. Without a marker it goes into the path if the path names
it, else into the query of a GET, HEAD or DELETE, or into the body of a POST, PUT or PATCH.
"""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar, Union
from urllib.parse import urlencode

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, MissingType

T = TypeVar("T")

#: Converts the value of a parameter for the wire. It takes the parameter's name, for errors, and the value.
Encode = Callable[[str, Any], Any]

#: A parameter that is left out of the request unless it is given.
Maybe = Union[T, MissingType]

UUIDLike = Union[uuid.UUID, str]
DateLike = Union[datetime.datetime, str]


@attrs.frozen(eq=False)
class Query:
    """The parameter goes into the query.

    :param name: its name there, if it differs
    :param encode: turns the argument into text or JSON
    """

    name: str | None = None
    encode: Encode | None = None


@attrs.frozen(eq=False)
class Field:
    """The parameter is a field of the body.

    :param name: of the field in the body; by default that of the parameter
    :param encode: turns the argument into text or JSON
    """

    name: str | None = None
    encode: Encode | None = None


@attrs.frozen(eq=False)
class Body:
    """The parameter is the body's document."""


@attrs.frozen(eq=False)
class MoreQuery:
    """The parameter is a mapping whose items are added to the query. They replace items of the same name."""


@attrs.frozen(eq=False)
class MoreFields:
    """The parameter is a mapping whose items are added to the body's fields. They replace fields of the same name."""


QueryParams = Annotated[Mapping[str, Any] | None, MoreQuery()]
BodyParams = Annotated[Mapping[str, Any] | None, MoreFields()]


def query_text(name: str, value: Any) -> str:
    """One value of a query or form.

    :raises GlobusSDKUsageError: if it is not a single value
    """
    if isinstance(value, str):
        # Also members of enumerations that are text.
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, (bytes, Mapping)) or value is MISSING or value is None:
        raise GlobusSDKUsageError(f"{name}: {kind_of(value)} cannot be sent in a query or form")
    return str(value)


def query_pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs of a query or form: several for a list; none for ``None``, MISSING and an empty list."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if type(value) is str:
            pairs.append((name, value))
        elif value is None or value is MISSING:
            continue
        elif isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping)):
            pairs.extend((name, query_text(name, item)) for item in value if item is not None)
        else:
            pairs.append((name, query_text(name, value)))
    return pairs


def encode_query(values: Mapping[str, Any]) -> str:
    """A query or form as text.

    :raises GlobusSDKUsageError: if a value cannot be sent in a query or form
    """
    try:
        return urlencode(query_pairs(values))
    except UnicodeEncodeError as error:
        raise GlobusSDKUsageError(f"{error.object!r} is not text that can be encoded as UTF-8") from None


def kind_of(value: object) -> str:
    return "None" if value is None else "MISSING" if value is MISSING else f"a {type(value).__name__}"


def comma_list(name: str, value: Any) -> str:
    """Several values as one text with commas."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return query_text(name, value)
    return ",".join(query_text(name, item) for item in value)


def text_list(name: str, value: Any) -> list[Any] | None:
    """One value or several as a list; ``None`` is JSON's null."""
    if value is None:
        return None
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


def one_zero(name: str, value: Any) -> str:
    """A truth value as ``1`` or ``0``."""
    if not isinstance(value, (bool, int)):
        raise GlobusSDKUsageError(f"{name}: expected True or False, got {value!r}")
    return "1" if value else "0"


def lower_bool(name: str, value: Any) -> str:
    """A truth value as ``true`` or ``false``."""
    if not isinstance(value, (bool, int)):
        raise GlobusSDKUsageError(f"{name}: expected True or False, got {value!r}")
    return "true" if value else "false"


CommaList = Query(encode=comma_list)
OneZero = Query(encode=one_zero)
LowerBool = Query(encode=lower_bool)
