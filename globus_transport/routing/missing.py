"""``MISSING``: the value of a parameter that was not given, where ``None`` means JSON's null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class MissingType:
    """The type of :data:`MISSING`, which has no other instance. It is false.

    :raises TypeError: if another one is made
    """

    def __new__(cls) -> MissingType:
        if "MISSING" in globals():
            raise TypeError("MissingType has one instance only: use globus_transport.MISSING")
        return super().__new__(cls)

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> MissingType:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> MissingType:
        return self

    def __reduce__(self) -> str:
        return "MISSING"

    def __repr__(self) -> str:
        return "<globus_transport.MISSING>"


MISSING = MissingType()


def without_missing(value: Any) -> Any:
    """A copy of a document without what is MISSING, at every depth."""
    if isinstance(value, Mapping):
        return {name: without_missing(member) for name, member in value.items() if member is not MISSING}
    return [without_missing(item) for item in value] if isinstance(value, list) else value
