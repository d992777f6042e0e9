"""JSON: by orjson if the extra ``fast`` is installed, else by the standard library. The results are the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from globus_transport.errors import GlobusSDKUsageError

#: What to say if the extra is wanted.
NOT_INSTALLED = 'fast is wanted, but not installed: pip install "globus_transport[fast]"'


def loads(text: bytes) -> Any:
    """The document, as ``json.loads`` gives it.

    :raises ValueError: if it is not JSON; ``json.JSONDecodeError`` tells the place
    :raises RecursionError: if it is nested too deeply
    """
    return _ways[0](text)


def dumps(value: Any) -> bytes:
    """A value as compact JSON, in ASCII. Its numbers are finite and its keys text.

    :raises TypeError: if a part of it has no JSON form
    """
    return _ways[1](value)


def standard_dumps(value: Any) -> bytes:
    """:func:`dumps` by the standard library."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def use_fast(wanted: bool | None) -> None:
    """Choose for this process.

    :param wanted: ``None`` for orjson if it is installed
    :raises GlobusSDKUsageError: if it is wanted, but not installed
    """
    global _ways
    if wanted is not False:
        try:
            from globus_transport import fast_json
        except ImportError as error:
            if wanted:
                raise GlobusSDKUsageError(NOT_INSTALLED) from error
        else:
            _ways = (fast_json.loads, fast_json.dumps)
            return
    _ways = (json.loads, standard_dumps)


def _choose() -> None:
    # Not at the top: a program that reads no document needs neither.
    from globus_transport import config

    use_fast(config.fast())


def _first_loads(text: bytes) -> Any:
    _choose()
    return loads(text)


def _first_dumps(value: Any) -> bytes:
    _choose()
    return dumps(value)


_ways: tuple[Callable[[bytes], Any], Callable[[Any], bytes]] = (_first_loads, _first_dumps)
