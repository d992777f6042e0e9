"""Filtering, sorting and paging of lists of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from werkzeug.datastructures import MultiDict

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import parse_digits
from globus_transport.sandbox.transfer_errors import bad_request


def filter_documents(documents: Iterable[Document], filters: Sequence[str], fields: frozenset[str]) -> list[Document]:
    """The documents that match at least one filter; all documents if there is no filter.

    A filter is ``field:value,value/field:value``: each field must have one of its values. A value that starts with
    ``!`` must not match, and after that ``~`` starts a pattern.

    :param fields: the fields that a filter may name
    :raises TransferError: if a filter names another field
    """
    matchers = [_matcher(filter, fields) for filter in filters if filter]
    return [document for document in documents if not matchers or any(matches(document) for matches in matchers)]


def _matcher(filter: str, fields: frozenset[str]) -> Callable[[Document], bool]:
    clauses: list[tuple[str, list[str]]] = []
    for clause in filter.strip("/").split("/"):
        field, colon, values = clause.partition(":")
        if not colon or field not in fields:
            raise bad_request(f"The sandbox cannot filter by {clause!r}")
        clauses.append((field, values.split(",")))
    return lambda document: all(
        any(_value_matches(document[field], value) for value in values) for field, values in clauses
    )


def _value_matches(value: object, expected: str) -> bool:
    negated = expected.startswith("!")
    expected = expected.removeprefix("!")
    text = "" if value is None else str(value)
    if expected.startswith("~"):
        return fnmatchcase(text, expected[1:]) != negated
    return (text == expected.removeprefix("=")) != negated


def sort_documents(documents: list[Document], orderby: str | None) -> list[Document]:
    """The documents, sorted.

    :param orderby: ``field [ASC|DESC],...``
    :raises TransferError: if there is no such field or direction
    """
    # Sorting is stable, so the last field is sorted first.
    for option in reversed((orderby or "").split(",")):
        if not option.strip():
            continue
        field, _, direction = option.strip().partition(" ")
        if direction.upper() not in ("", "ASC", "DESC") or not all(
            _is_sortable(document, field) for document in documents
        ):
            raise bad_request(f"The sandbox cannot order by {option!r}")
        documents = sorted(
            documents,
            key=lambda document: (False, 0) if document[field] is None else (True, document[field]),
            reverse=direction.upper() == "DESC",
        )
    return documents


def _is_sortable(document: Document, field: str) -> bool:
    return field in document and not isinstance(document[field], (dict, list))


def read_number(arguments: MultiDict[str, str], name: str, default: int, minimum: int, maximum: int) -> int:
    """A whole number in the query.

    :raises TransferError: if it is not a number, or not from ``minimum`` to ``maximum``
    """
    text = arguments.get(name)
    if text is None:
        return default
    number = parse_digits(text)
    if number is None or not minimum <= number <= maximum:
        raise bad_request(f"{name} must be a number from {minimum} to {maximum}")
    return number


def offset_page(
    documents: Sequence[Document], arguments: MultiDict[str, str], default_limit: int, max_limit: int
) -> Document:
    """The page of a list that the query parameters ``limit`` and ``offset`` select."""
    limit = read_number(arguments, "limit", default_limit, 1, max_limit)
    offset = read_number(arguments, "offset", 0, 0, 10**9)
    data = documents[offset : offset + limit]
    return {"DATA": list(data), "length": len(data), "limit": limit, "offset": offset, "total": len(documents)}


def marker_page(documents: Sequence[Document], arguments: MultiDict[str, str], page_length: int) -> Document:
    """The page of a list that starts at the query parameter ``marker``, with the marker of the next page."""
    marker = read_number(arguments, "marker", 0, 0, 10**9)
    end = marker + page_length
    return {
        "DATA": list(documents[marker:end]),
        "marker": marker,
        "next_marker": end if end < len(documents) else None,
    }
