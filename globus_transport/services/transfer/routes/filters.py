"""Encodes Transfer's filter parameters: ``field:value,value/field:value``, and time ranges."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.parameters import DateLike, Maybe, Query, comma_list

TransferFilter = str | Mapping[str, Any]


def format_filter(name: str, value: TransferFilter) -> str:
    """Format a filter, given as text or as a mapping of field names to one or several values.

    :raises GlobusSDKUsageError: if it has another type
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "/".join(f"{field}:{comma_list(name, values)}" for field, values in value.items())
    raise GlobusSDKUsageError(f"{name}: expected text or a mapping, got a {type(value).__name__}")


def format_filters(name: str, value: TransferFilter | list[TransferFilter]) -> list[str]:
    """Format one or several filters. Items have to match all of them."""
    if isinstance(value, (str, Mapping)):
        return [format_filter(name, value)]
    return [format_filter(name, item) for item in value]


def format_time_range(name: str, value: str | tuple[datetime.datetime | str, datetime.datetime | str]) -> str:
    """Format a time range, given as text or as two times. A datetime keeps its offset, if it has one.

    :raises GlobusSDKUsageError: if it is neither text nor two times
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise GlobusSDKUsageError(f"{name}: expected text or two times, got {value!r}")
    return ",".join(_format_time(name, time) for time in value)


def _format_time(name: str, value: datetime.datetime | str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    raise GlobusSDKUsageError(f"{name}: expected the text of a time or a datetime, got {value!r}")


Filter = Annotated[Maybe[TransferFilter], Query(encode=format_filter)]
Filters = Annotated[Maybe[TransferFilter | list[TransferFilter]], Query(encode=format_filters)]
TimeRange = Annotated[Maybe[str | tuple[DateLike, DateLike]], Query(encode=format_time_range)]
