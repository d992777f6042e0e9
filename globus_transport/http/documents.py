"""Values that are read from a dict and written as one: what a service says, and what a storage keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import attrs

from globus_transport.exc.base import ValidationError

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


class DictForm:
    """The base of attrs classes with a dict form. Fields that are not known are kept in ``extra``."""

    extra: dict[str, Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it from a dict.

        :raises ValidationError: if a field is missing or of a wrong type
        """
        if not isinstance(data, Mapping):
            raise ValidationError(f"{cls.__name__}: expected a dict, got a {type(data).__name__}")
        names = _names(cls)
        extra = {name: value for name, value in data.items() if name not in names}
        return cls(**{name: data.get(name) for name in names}, extra=extra)  # type: ignore[call-arg]

    def to_dict(self, include_extra: bool = False) -> dict[str, Any]:
        """As a dict, without the fields that are ``None``.

        :param include_extra: with the fields that are not known
        """
        found: dict[str, Any] = {}
        for name in _names(type(self)):
            value = getattr(self, name)
            if value is not None:
                found[name] = value.to_dict(include_extra) if isinstance(value, DictForm) else value
        return {**found, **self.extra} if include_extra else found


def _names(cls: type) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.name != "extra"]


def dict_or_empty(given: dict[str, Any] | None) -> dict[str, Any]:
    """What is given for ``extra``, or nothing."""
    return {} if given is None else given


def _validator(what: str, accepts: Callable[[Any], bool]) -> Validator:
    def check(owner: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if not accepts(value):
            # The value may be a token.
            raise ValidationError(
                f"{type(owner).__name__}: {field.name!r} should be {what}, it is a {type(value).__name__}"
            )

    return check


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


is_text = _validator("text", lambda value: isinstance(value, str))
is_text_or_none = _validator("text", lambda value: value is None or isinstance(value, str))
are_texts_or_none = _validator("a list of texts", lambda value: value is None or _is_texts(value))
is_bool_or_none = _validator("true or false", lambda value: value is None or isinstance(value, bool))
is_int_or_none = _validator(
    "a whole number", lambda value: value is None or (isinstance(value, int) and not isinstance(value, bool))
)
