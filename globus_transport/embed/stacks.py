"""What an HTTP library is given in the place of its own sending: a stack without the layers that are its own affair."""

from __future__ import annotations

from typing import TypeVar

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusSDKUsageError

StackT = TypeVar("StackT", Stack, AsyncStack)


def without_layers(stack: StackT, kind: type[StackT], *left_out: type[object]) -> StackT:
    """The stack without the layers of these kinds, whatever they are called in it.

    :raises GlobusSDKUsageError: if it is none of this kind
    """
    if not isinstance(stack, kind):
        raise GlobusSDKUsageError(
            f"expected {kind.__name__}, such as the stack of a client, got {type(stack).__name__}"
            + ("; its twin cannot run here" if isinstance(stack, (Stack, AsyncStack)) else "")
        )
    for layer in stack.layers:
        if isinstance(layer.middleware, left_out):
            stack = stack.remove(layer.name)
    return stack
