"""Filters, order and pages of lists of documents."""

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from werkzeug.datastructures import MultiDict

from globus_transport.sandbox.transfer_errors import bad_request

Document: TypeAlias = dict[str, Any]


def selected(documents: Iterable[Document], filters: Sequence[str], fields: frozenset[str]) -> list[Document]:
    """The documents that match any of the filters; all if there are none.

    A filter is ``field:value,value/field:value``: for each field named, one of the values must match. A value may
    start with ``!`` for the opposite, and then with ``~`` if it is a pattern.

    :raises TransferError: A filter names a field that is not in ``fields``.
    """
    matchers = [_matcher(filter, fields) for filter in filters if filter]
    return [one for one in documents if not matchers or any(matches(one) for matches in matchers)]


def _matcher(filter: str, fields: frozenset[str]) -> Callable[[Document], bool]:
    clauses: list[tuple[str, list[str]]] = []
    for clause in filter.strip("/").split("/"):
        field, colon, values = clause.partition(":")
        if not colon or field not in fields:
            raise bad_request(f"The sandbox cannot filter by {clause!r}")
        clauses.append((field, values.split(",")))
    return lambda document: all(any(_is(document[field], value) for value in values) for field, values in clauses)


def _is(found: object, wanted: str) -> bool:
    opposite = wanted.startswith("!")
    wanted = wanted.removeprefix("!")
    text = "" if found is None else str(found)
    if wanted.startswith("~"):
        return fnmatchcase(text, wanted[1:]) != opposite
    return (text == wanted.removeprefix("=")) != opposite


def ordered(documents: list[Document], orderby: str | None) -> list[Document]:
    """The documents in the order of ``field [ASC|DESC],...``.

    :raises TransferError: There is no such field or direction.
    """
    # Sorting is stable, so the least important field goes first.
    for option in reversed((orderby or "").split(",")):
        if not option.strip():
            continue
        field, _, direction = option.strip().partition(" ")
        if direction.upper() not in ("", "ASC", "DESC") or not all(_has_order(one, field) for one in documents):
            raise bad_request(f"The sandbox cannot order by {option!r}")
        documents = sorted(
            documents,
            key=lambda one: (False, 0) if one[field] is None else (True, one[field]),
            reverse=direction.upper() == "DESC",
        )
    return documents


def _has_order(document: Document, field: str) -> bool:
    return field in document and not isinstance(document[field], (dict, list))


def number(arguments: MultiDict[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number among the query arguments.

    :raises TransferError: It is no number, too small or too large.
    """
    text = arguments.get(name)
    if text is None:
        return default
    # Python refuses to read thousands of digits.
    if not text.isdecimal() or len(text) > 10 or not least <= int(text) <= most:
        raise bad_request(f"{name} must be a number from {least} to {most}")
    return int(text)


def offset_page(
    documents: Sequence[Document], arguments: MultiDict[str, str], default_limit: int, most: int
) -> Document:
    """The part of a list that ``limit`` and ``offset`` ask for, with the two and the length of all."""
    limit = number(arguments, "limit", default_limit, 1, most)
    offset = number(arguments, "offset", 0, 0, 10**9)
    data = documents[offset : offset + limit]
    return {"DATA": list(data), "length": len(data), "limit": limit, "offset": offset, "total": len(documents)}


def marker_page(documents: Sequence[Document], arguments: MultiDict[str, str], page_length: int) -> Document:
    """The part of a list that starts at ``marker``, and the marker of the next part, if there is one."""
    marker = number(arguments, "marker", 0, 0, 10**9)
    end = marker + page_length
    return {
        "DATA": list(documents[marker:end]),
        "marker": marker,
        "next_marker": end if end < len(documents) else None,
    }
