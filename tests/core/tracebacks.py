"""What tools print of an exception: the local variables of this package's frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import FrameType
from typing import Any

from _pytest._io.saferepr import saferepr_unlimited
from rich.pretty import pretty_repr
from sentry_sdk.serializer import serialize


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    left: list[BaseException | None] = [error]
    seen: set[int] = set()
    while left:
        one = left.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            left += one.__cause__, one.__context__
            yield one


def own_frames(error: BaseException) -> Iterator[FrameType]:
    """The frames of this package in the tracebacks of an exception, and of those that led to it."""
    for one in chain(error):
        trace = one.__traceback__
        while trace is not None:
            if trace.tb_frame.f_globals["__name__"].startswith("globus_transport."):
                yield trace.tb_frame
            trace = trace.tb_next


def printed_with_locals(error: BaseException) -> str:
    """The local variables of this package's frames, as ``pytest -l``, rich and Sentry print them."""
    return "\n".join(
        f"{frame.f_code.co_qualname}: {name} = {text}"
        for frame in own_frames(error)
        for name, value in list(frame.f_locals.items())
        for text in _printed(value)
    )


def _printed(value: Any) -> list[str]:
    return [
        saferepr_unlimited(value),
        pretty_repr(value),
        json.dumps(serialize({"value": value}, is_vars=False), default=repr),
        json.dumps(serialize(value, is_vars=True), default=repr),
    ]
