"""A JSON document as rows of an HTML table: a row for each member, long ones folded, credentials hidden."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from globus_transport.http.html_tables import folded
from globus_transport.http.redacted_documents import hidden_in_document, hidden_in_members, is_secret_member
from globus_transport.http.secrets import HIDDEN

# The document of a task has more than fifty.
_MOST_MEMBERS = 100
_MOST_ITEMS = 100
_LONGEST_TEXT = 200
_LONGEST_FOLDED = 20_000


def document_rows(document: Any) -> list[tuple[str, str]]:
    """The rows of a document: name and value of each member; of a list, number and item."""
    if isinstance(document, dict):
        members: Any = document.items()
        size = len(document)
    elif isinstance(document, list):
        members = enumerate(document)
        size = len(document)
    else:
        return [("", value_cell(document))]
    rows = [
        (str(name), HIDDEN if is_secret_member(str(name), value) else value_cell(value))
        for name, value in islice(members, _MOST_MEMBERS)
    ]
    if size > _MOST_MEMBERS:
        rows.append(("...", f"{size - _MOST_MEMBERS} more"))
    return rows


def value_cell(value: Any) -> str:
    """One value: as text if it is short, else folded."""
    if isinstance(value, str):
        text = hidden_in_members(value)
        if len(text) <= _LONGEST_TEXT:
            return text
        return folded(f"{text[:_LONGEST_TEXT]}... ({len(text)} characters)", _cut(text))
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, default=str)
    return folded(_size_of(value), _indented(value))


def _size_of(value: dict[str, Any] | list[Any]) -> str:
    kind = "member" if isinstance(value, dict) else "item"
    return f"{len(value)} {kind}{'' if len(value) == 1 else 's'}"


def _indented(value: dict[str, Any] | list[Any]) -> str:
    more = len(value) - _MOST_ITEMS
    if more > 0:
        value = value[:_MOST_ITEMS] if isinstance(value, list) else dict(islice(value.items(), _MOST_ITEMS))
    try:
        text = _cut(json.dumps(hidden_in_document(value), indent=2, ensure_ascii=False, default=str))
    except RecursionError:
        return "(nested too deeply to be shown)"
    return f"{text}\n... {more} more" if more > 0 else text


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_FOLDED else f"{text[:_LONGEST_FOLDED]}..."
