"""Reading JSON that anyone may have sent."""

from __future__ import annotations

import json
from typing import NoReturn, cast

_MAX_DEPTH = 64


def parse_json(text: bytes) -> object:
    """Parse a JSON document.

    Python's parser also takes NaN and Infinity. Parsing, copying and writing recurse into each level of a document, so
    its depth has a limit.

    :raises ValueError: if the text is not JSON (RFC 8259), or the document is nested too deeply
    """
    try:
        document: object = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise _too_deep() from error
    _check_depth(document)
    return document


def check_text(name: str, text: str | None) -> None:
    """Check that a text can be sent as UTF-8. JSON, and texts of Python, can hold one half of a surrogate pair.

    :param name: of the parameter
    :raises ValueError: if it cannot; the message does not repeat the text
    """
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: the text has one half of a surrogate pair, which is no character") from None


def _check_depth(document: object) -> None:
    level = [document]
    for _ in range(_MAX_DEPTH):
        following: list[object] = []
        for value in level:
            if isinstance(value, list):
                following += cast(list[object], value)
            elif isinstance(value, dict):
                following += cast(dict[str, object], value).values()
        if not following:
            return
        level = following
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"The document has more than {_MAX_DEPTH} levels")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
