"""Credentials in JSON: how they are hidden in a document, and in a text with members of documents or with URLs.

A member is a credential by its name. In a text, a member is what looks like one: a name in quotes, a colon, a value.
The text may be JSON in a string of another document, where the quotes are escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from globus_transport.http.secrets import HIDDEN, SECRET_FIELDS, hidden_in_text

_NONE: frozenset[str] = frozenset()
_MEMBERS = re.compile(r'(?<!\\)(\\*)"([^"\\]++)\1"\s*:\s*').finditer
_QUOTES = re.compile(r'(\\*)"').finditer
_AFTER_NUMBER = re.compile(r"[\s,}\]]").search
_raw_decode = json.JSONDecoder().raw_decode


def hidden_in_document(value: Any, more: frozenset[str] = _NONE) -> Any:
    """A JSON document without credentials.

    :param more: names of further members, in lower case
    """
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if is_secret_member(name, member, more) else hidden_in_document(member, more)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [hidden_in_document(item, more) for item in value]
    return hidden_in_members(value, more) if isinstance(value, str) else value


def is_secret_member(name: str, value: Any, more: frozenset[str] = _NONE) -> bool:
    """Whether the value of a member is a credential."""
    # These values show only whether there is a credential, which is not a secret.
    return _has_secret_name(name, more) and not (value is None or value == "" or isinstance(value, bool))


def _has_secret_name(name: str, more: frozenset[str]) -> bool:
    lowered = name.lower()
    return lowered in SECRET_FIELDS or lowered in more


def hidden_in_members(text: str, more: frozenset[str] = _NONE) -> str:
    """A text that contains URLs or members of JSON documents, such as JSON lines, without credentials."""
    pieces: list[str] = []
    end = 0
    for member in _MEMBERS(text):
        escape, name = member.groups()
        start = member.end()
        if start < end or not _has_secret_name(name, more):
            continue
        stop = _find_end_of_value(text, start, escape)
        if text[start:stop] not in ("", "null", "true", "false", f'{escape}"{escape}"'):
            pieces += text[end:start], f'{escape}"{HIDDEN}{escape}"'
            end = stop
    return hidden_in_text("".join([*pieces, text[end:]]), more)


def _find_end_of_value(text: str, start: int, escape: str) -> int:
    """The position after the JSON value that begins at ``start``; the end of the text if the value is incomplete.

    :param escape: the backslashes before each quote that begins or ends a string
    """
    if text.startswith(("{", "["), start):
        try:
            return _raw_decode(text, start)[1]
        except (ValueError, RecursionError):
            return len(text)
    opening = f'{escape}"'
    if not text.startswith(opening, start):
        after = _AFTER_NUMBER(text, start)
        return after.start() if after else len(text)
    for quote in _QUOTES(text, start + len(opening)):
        # A backslash in the string is written as 2 * len(opening) backslashes, and a quote in it has one fewer of them
        # before it. The remainder therefore distinguishes the quote that ends the string.
        if len(quote[1]) % (2 * len(opening)) == len(escape):
            return quote.end()
    return len(text)
