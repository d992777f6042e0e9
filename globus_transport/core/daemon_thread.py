"""Runs a function in a thread that does not keep the program from ending."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


class NoThreadError(OSError):
    """The system starts no further thread. Nothing was done."""

    def __init__(self, error: RuntimeError) -> None:
        super().__init__(errno.EAGAIN, f"no thread could be started: {error}")


def in_daemon_thread(function: Callable[..., T], *args: Any) -> Future[T]:
    """Call a function in a thread of its own, with the context variables of the caller.

    :return: its result, or a ``NoThreadError``. It cannot be cancelled
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = function(*args)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    name = f"globus_transport {getattr(function, '__name__', '')}"
    try:
        threading.Thread(target=copy_context().run, args=(run,), name=name, daemon=True).start()
    except RuntimeError as error:
        future.set_exception(NoThreadError(error))
    return future
