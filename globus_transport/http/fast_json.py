"""JSON by orjson. What it takes otherwise than the standard library, or not at all, is left to the latter."""

from __future__ import annotations

from typing import Any

import orjson

from globus_transport.http import standard_json

_ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * 19


def loads(text: bytes) -> Any:
    """See :func:`globus_transport.http.json.loads`."""
    # orjson makes a float of an integer beyond 64 bits.
    if _MANY_DIGITS not in text.translate(_ANY_DIGIT):
        try:
            return orjson.loads(text)
        except ValueError:
            # NaN, a lone surrogate, another encoding than UTF-8; or no JSON, and the other one says so as ever.
            pass
    return standard_json.loads(text)


def dumps(value: Any) -> bytes:
    """See :func:`globus_transport.http.json.dumps`."""
    try:
        text = orjson.dumps(value)
    except TypeError:
        # An integer beyond 64 bits, a lone surrogate, deep nesting.
        return standard_json.dumps(value)
    return text if text.isascii() else standard_json.dumps(value)
