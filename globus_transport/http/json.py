"""JSON: by orjson where the extra ``fast`` is installed, else by the standard library. The results are the same.

orjson reads and writes most documents. What it would read otherwise than the standard library, or not at all, is left
to the latter: integers beyond 64 bits, NaN, lone surrogates, text outside ASCII.
"""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson as orjson
except ImportError:
    orjson = None  # type: ignore[assignment]

_ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * 19


def loads(text: bytes) -> Any:
    """The document, as ``json.loads`` gives it.

    :raises ValueError: if it is not JSON; ``json.JSONDecodeError`` tells the place
    :raises RecursionError: if it is nested too deeply
    """
    # orjson makes a float of an integer beyond 64 bits.
    if orjson is not None and _MANY_DIGITS not in text.translate(_ANY_DIGIT):
        try:
            return orjson.loads(text)
        except ValueError:
            # It may be JSON to the standard library; if it is none, that one's error tells the place.
            pass
    return json.loads(text)


def dumps(value: Any) -> bytes:
    """A value as compact JSON, in ASCII. Its numbers are finite and its keys text.

    :raises TypeError: if a part of it has no JSON form
    """
    if orjson is not None:
        try:
            text = orjson.dumps(value)
        except TypeError:
            # An integer beyond 64 bits, a lone surrogate, deep nesting.
            pass
        else:
            if text.isascii():
                return text
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
