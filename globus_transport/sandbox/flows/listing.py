"""Pages of Flows' lists."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from globus_transport.sandbox.flows.errors import problem, unprocessable
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import parse_digits

_MOST = 100


def page(key: str, items: Sequence[Any], *, default: int = 20, size: str = "limit") -> Document:
    """The page of a list that the current request asks for, by ``marker``.

    :param key: of the items in the answer
    :param default: items of a page
    :param size: the parameter for the size of the page
    :raises FlowsError: if the marker or the size cannot be used
    """
    limit = parse_digits(request.args.get(size, str(default)))
    if limit is None or not 1 <= limit <= _MOST:
        raise unprocessable([problem(f"give a number from 1 to {_MOST}", "query", size)])
    start = _read_marker(request.args.get("marker", ""))
    more = start + limit < len(items)
    return {
        key: list(items[start : start + limit]),
        "limit": limit,
        "has_next_page": more,
        "marker": _marker(start + limit) if more else None,
    }


def order(items: list[Document], fields: Mapping[str, str]) -> list[Document]:
    """A list as ``orderby`` of the current request asks, such as ``title ASC``.

    :param fields: the field of an item for each name that ``orderby`` may have
    :raises FlowsError: if it has another name or direction
    """
    for rule in reversed(request.args.getlist("orderby")):
        name, _, direction = rule.partition(" ")
        if name not in fields or direction not in ("ASC", "DESC"):
            raise unprocessable([problem(f"give one of {', '.join(fields)}, and ASC or DESC", "query", "orderby")])
        field = fields[name]
        items = sorted(items, key=lambda item: str(item[field]).lower(), reverse=direction == "DESC")
    return items


def values_of(name: str) -> set[str]:
    """The values of a filter in the query, separated by commas; empty without the filter."""
    return {value for text in request.args.getlist(name) for value in text.split(",") if value}


def chosen(name: str, allowed: Sequence[str]) -> set[str]:
    """The values of a filter in the query, as :func:`values_of` reads them.

    :raises FlowsError: if one is not allowed
    """
    values = values_of(name)
    if wrong := values - {*allowed}:
        raise unprocessable([problem(f"{min(wrong)!r} is none of {', '.join(allowed)}", "query", name)])
    return values


def _marker(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode()


def _read_marker(text: str) -> int:
    if not text:
        return 0
    try:
        start = parse_digits(base64.urlsafe_b64decode(text.encode()).decode())
    except ValueError:
        start = None
    if start is None:
        raise unprocessable([problem("the marker is none that a page had", "query", "marker")])
    return start
