"""What a callable runs.

``inspect`` knows, but loading it takes milliseconds of every program's start. An everyday function tells by its code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# inspect.CO_COROUTINE and CO_ASYNC_GENERATOR: parts of the language's data model.
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

    If not, it may be one still: a partial, a decorated function, one with further arguments that have defaults.
    """
    function = _everyday(candidate)
    if function is None:
        return False
    code = function.__code__
    arguments = 1 if function is candidate else 2
    return (
        code.co_argcount == arguments
        and not code.co_kwonlyargcount
        and not code.co_flags & (_COROUTINE | _ASYNC_GENERATOR)
    )


def looked_up(candidate: Callable[P, R]) -> Callable[P, R]:
    """The same, ready to be called often: Python looks for the ``__call__`` of an object each time."""
    called = None if isinstance(candidate, FunctionType) else _call_of(candidate)
    return MethodType(called, candidate) if isinstance(called, FunctionType) else candidate


def _call_of(candidate: object) -> object:
    # As it stands in its class: a static method takes no object.
    return next((vars(cls)["__call__"] for cls in type(candidate).__mro__ if "__call__" in vars(cls)), None)


def _everyday(candidate: object) -> FunctionType | None:
    """The function that runs, if nothing about it is marked or wrapped."""
    if isinstance(candidate, FunctionType):
        return None if vars(candidate) else candidate
    called = _call_of(candidate)
    # An object that says itself what it is, such as unittest.mock's, is looked at by inspect.
    says_itself = hasattr(candidate, "__signature__") or hasattr(candidate, "__code__")
    return called if isinstance(called, FunctionType) and not vars(called) and not says_itself else None
