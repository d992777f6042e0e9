"""JSON: by the standard library, or by orjson if the extra ``fast`` is there and it pays. The results are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http import standard_json

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


def use_fast(wanted: bool | None) -> None:
    """Choose for this process.

    :param wanted: ``None`` for orjson if it is installed
    :raises GlobusSDKUsageError: if it is wanted, but not installed
    """
    global _ways
    if wanted is not False:
        try:
            from globus_transport.http import fast_json
        except ImportError as error:
            if wanted:
                raise GlobusSDKUsageError(NOT_INSTALLED) from error
        else:
            _ways = (fast_json.loads, fast_json.dumps)
            return
    _ways = (standard_json.loads, standard_json.dumps)


def _first_loads(text: bytes) -> Any:
    _begin()
    return loads(text)


def _first_dumps(value: Any) -> bytes:
    _begin()
    return dumps(value)


def _begin() -> None:
    global _ways
    # Not at the top: a program that reads no document needs it not.
    from globus_transport import config

    wanted = config.fast()
    if wanted is None:
        _ways = (_early_loads, _early_dumps)
    else:
        use_fast(wanted)


def _early_loads(text: bytes) -> Any:
    return loads(text) if _is_enough(len(text)) else standard_json.loads(text)


def _early_dumps(value: Any) -> bytes:
    text = standard_json.dumps(value)
    _is_enough(len(text))
    return text


def _is_enough(length: int) -> bool:
    """Count bytes; whether there were so many that orjson was chosen."""
    global _bytes_so_far
    _bytes_so_far += length
    if _bytes_so_far < ENOUGH:
        return False
    use_fast(None)
    return True


#: Bytes of JSON, read and written, after which orjson is loaded if nobody said that it is wanted. To load it takes
#: eight milliseconds, with what it imports itself; it saves one (long lists) to ten (small replies) on a megabyte. So a
#: short program is faster without.
ENOUGH = 1_000_000
_bytes_so_far = 0
_ways: tuple[Callable[[bytes], Any], Callable[[Any], bytes]] = (_first_loads, _first_dumps)
