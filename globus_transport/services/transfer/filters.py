"""Transfer's filter parameters: ``field:value,value/field:value``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.routing.parameters import comma_list

TransferFilter = Union[str, Mapping[str, Any]]


def filter_text(name: str, value: TransferFilter) -> str:
    """One filter: text as it is, or a mapping of fields to a value or several."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "/".join(f"{field}:{comma_list(name, one)}" for field, one in value.items())
    raise GlobusSDKUsageError(f"{name}: expected text or a mapping, got a {type(value).__name__}")


def filter_texts(name: str, value: TransferFilter | list[TransferFilter]) -> list[str]:
    """One filter or several, which then all hold."""
    if isinstance(value, (str, Mapping)):
        return [filter_text(name, value)]
    return [filter_text(name, one) for one in value]
