"""What a traceback shows: the program's own lines, and not those of this package.

Between a program's call and the error stand the frames of drivers, layers and the terminal. They say nothing that the
message does not say, and their local variables hold tokens and secrets, which rich, ``pytest -l`` and Sentry print.
Frames of the program, such as those of its middleware, stay.

With the environment variable ``GLOBUS_TRANSPORT_FULL_TRACEBACKS`` tracebacks are left whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

from globus_transport.exc.base import GlobusError

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = __name__.partition(".")[0]


def leave_out_own_frames(error: BaseException) -> None:
    """Shorten the traceback of an exception, and of those that led to it.

    The last frame of an exception that is none of ours is kept: it shows where the fault is.
    """
    if os.environ.get("GLOBUS_TRANSPORT_FULL_TRACEBACKS"):
        return
    for exception in _chain(error):
        keep_last = exception is error and not isinstance(error, GlobusError)
        exception.__traceback__ = _shorten(exception.__traceback__, (_PACKAGE,), keep_last=keep_last)


def leave_out_frames_of(packages: Sequence[str], error: BaseException) -> None:
    """Shorten the traceback of an exception of a library that is given secrets, and of those that led to it.

    :param packages: names of the library's package, and of those below it
    """
    if os.environ.get("GLOBUS_TRANSPORT_FULL_TRACEBACKS"):
        return
    for exception in _chain(error):
        exception.__traceback__ = _shorten(exception.__traceback__, packages)


def leave_out_all_frames(error: BaseException) -> None:
    """Remove the tracebacks of an exception of another library, and of those that led to it.

    For a library that is given secrets: its frames hold them.
    """
    for exception in _chain(error):
        exception.__traceback__ = None


def raises_from_its_caller(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that takes or handles secrets: its frames are left out of tracebacks."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    return call


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        exception = left.pop()
        if exception is not None and id(exception) not in seen:
            seen.add(id(exception))
            left += exception.__cause__, exception.__context__
            yield exception


def _shorten(trace: TracebackType | None, packages: Sequence[str], *, keep_last: bool = False) -> TracebackType | None:
    entries = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    shortened = None
    for entry in reversed(entries):
        is_last = keep_last and entry is entries[-1]
        if is_last or not _belongs_to(packages, entry):
            shortened = TracebackType(shortened, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return shortened


def _belongs_to(packages: Sequence[str], entry: TracebackType) -> bool:
    module = entry.tb_frame.f_globals.get("__name__")
    return isinstance(module, str) and module.partition(".")[0] in packages
