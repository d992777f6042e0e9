"""The base of attrs classes that are read from a dict and written as one, and validators for their fields.

Globus Auth Requirements Errors and stored tokens are such values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import attrs

from globus_transport.exc.base import ValidationError

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


class DictSerializable:
    """Base of attrs classes that convert to and from a dict. Unknown fields are kept in ``extra``."""

    extra: dict[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make an object from a dict.

        :raises ValidationError: if a field is missing or has the wrong type
        """
        if not isinstance(data, Mapping):
            raise ValidationError(f"{cls.__name__}: expected a dict, got a {type(data).__name__}")
        names = _list_field_names(cls)
        extra = {name: value for name, value in data.items() if name not in names}
        return cls(**{name: data.get(name) for name in names}, extra=extra)  # type: ignore[call-arg]

    def to_dict(self, include_extra: bool = False) -> dict[str, Any]:
        """Convert the object to a dict. Fields that are ``None`` are left out.

        :param include_extra: whether to include the unknown fields
        """
        fields: dict[str, Any] = {}
        for name in _list_field_names(type(self)):
            value = getattr(self, name)
            if value is not None:
                fields[name] = value.to_dict(include_extra) if isinstance(value, DictSerializable) else value
        return {**fields, **self.extra} if include_extra else fields


def _list_field_names(cls: type) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.name != "extra"]


def to_extra(given: dict[str, Any] | None) -> dict[str, Any]:
    """Convert the value given for ``extra``: ``None`` is an empty dict."""
    return {} if given is None else given


def _make_validator(expected: str, is_valid: Callable[[Any], bool]) -> Validator:
    def check(owner: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if not is_valid(value):
            # The message names the value's type only: the value may be a token.
            raise ValidationError(
                f"{type(owner).__name__}: {field.name!r} should be {expected}, it is a {type(value).__name__}"
            )

    return check


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


check_text = _make_validator("text", lambda value: isinstance(value, str))
check_optional_text = _make_validator("text", lambda value: value is None or isinstance(value, str))
check_optional_texts = _make_validator("a list of texts", lambda value: value is None or _is_list_of_texts(value))
check_optional_bool = _make_validator("true or false", lambda value: value is None or isinstance(value, bool))
check_optional_int = _make_validator(
    "a whole number", lambda value: value is None or (isinstance(value, int) and not isinstance(value, bool))
)
