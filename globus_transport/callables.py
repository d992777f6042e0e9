"""What kind of function a callable runs.

``inspect`` knows, but loading it takes milliseconds of every program's start. An everyday function tells by its code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

# inspect.CO_VARARGS, CO_COROUTINE and CO_ASYNC_GENERATOR: parts of the language's data model.
_VARARGS = 0x04
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


def runs_coroutine(candidate: Callable[..., object]) -> bool:
    """Whether calling it gives a coroutine: it, or what calling an object does, is an ``async def``."""
    function = _everyday(candidate)
    if function is not None:
        return bool(function.__code__.co_flags & _COROUTINE)
    import inspect

    return any(map(inspect.iscoroutinefunction, (candidate, type(candidate).__call__)))


def plainly_takes_one(candidate: Callable[..., object]) -> bool:
    """Whether one can see at once that it is a plain function, or a generator's, of one argument.

    If not, it may be one still: a partial, a decorated function, one with defaults.
    """
    function = _everyday(candidate)
    if function is None:
        return False
    code = function.__code__
    arguments = 1 if function is candidate else 2
    return (
        code.co_argcount == arguments
        and not code.co_kwonlyargcount
        and not code.co_flags & (_VARARGS | _COROUTINE | _ASYNC_GENERATOR)
    )


def _everyday(candidate: object) -> FunctionType | None:
    """The function that runs, if nothing about it is marked or wrapped."""
    if hasattr(candidate, "__signature__"):
        return None
    for function in (candidate, type(candidate).__call__):
        if isinstance(function, FunctionType):
            return None if vars(function) else function
    return None
