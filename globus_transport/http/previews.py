"""What a repr shows of a JSON document: its beginning, in one line and without credentials.

The document is walked no further than what is shown, so that a debugger prints a reply of megabytes as fast as a small
one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from globus_transport.http.redacted_documents import hidden_in_members, is_secret_member
from globus_transport.http.secrets import HIDDEN

#: Characters of a document that a repr shows.
LONGEST = 1000
_DEEPEST = 12


def preview(document: Any, longest: int = LONGEST) -> str:
    """The beginning of a document as JSON in one line, without credentials.

    :param longest: characters; a longer text ends with ``...``
    """
    shown = ""
    for piece in _pieces(document, 0):
        shown += piece
        if len(shown) > longest:
            return f"{shown[:longest]}..."
    return shown


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield json.dumps(hidden_in_members(value), ensure_ascii=False)
    elif not isinstance(value, (dict, list)):
        yield json.dumps(value)
    elif depth == _DEEPEST and value:
        yield "{...}" if isinstance(value, dict) else "[...]"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _pieces(item, depth + 1)
        yield "]"
    else:
        yield "{"
        for number, (name, member) in enumerate(value.items()):
            yield ", " if number else ""
            yield f"{json.dumps(name, ensure_ascii=False)}: "
            yield from _pieces(HIDDEN if is_secret_member(name, member) else member, depth + 1)
        yield "}"
