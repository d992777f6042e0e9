"""How a route says where a parameter goes: markers for ``typing.Annotated``.

Without a marker a parameter goes into the path if the path names it, else into the query of a GET,
HEAD or DELETE, and into the body of a POST, PUT or PATCH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.missing import MissingType
from globus_transport.routing.encoding import query_text
from globus_transport.values import frozen

if TYPE_CHECKING:
    import datetime
    import uuid

T = TypeVar("T")

#: Makes a value of one parameter ready for the wire; is given the parameter's name for its errors.
Encode = Callable[[str, Any], Any]

#: A parameter that is left out of the request unless it is given.
Maybe = Union[T, MissingType]

# In quotation marks: who gives one has loaded its module, and the others need not.
UUIDLike = Union["uuid.UUID", str]
DateLike = Union["datetime.datetime", str]


@frozen(eq=False)
class Query:
    """The parameter goes into the query.

    :param name: its name there, if it is another one
    """

    name: str | None = None
    encode: Encode | None = None


@frozen(eq=False)
class Field:
    """The parameter is a field of the body."""

    name: str | None = None
    encode: Encode | None = None


class Body:
    """The parameter is the body's document."""


class MoreQuery:
    """The parameter is a mapping whose items are added to the query, and win."""


class MoreFields:
    """The parameter is a mapping whose items are added to the body's fields, and win."""


QueryParams = Annotated[Mapping[str, Any] | None, MoreQuery()]
BodyParams = Annotated[Mapping[str, Any] | None, MoreFields()]


def comma_list(name: str, value: Any) -> str:
    """Several values as one text with commas."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return query_text(name, value)
    return ",".join(query_text(name, one) for one in value)


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
