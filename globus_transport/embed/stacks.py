"""What an HTTP library is given in the place of its own sending: a stack without the layers that are its own affair."""

from __future__ import annotations

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.stack import Stack


def without_layers(stack: Stack, *names: str) -> Stack:
    """The stack without the layers of these names, where it has them.

    :raises GlobusSDKUsageError: if it is no ``Stack``
    """
    if not isinstance(stack, Stack):
        raise GlobusSDKUsageError(
            f"expected a Stack, such as client.stack, got a {type(stack).__name__}"
            + ("; its twin for asyncio cannot run here" if type(stack).__name__ == "AsyncStack" else "")
        )
    for name in names:
        if name in stack:
            stack = stack.remove(name)
    return stack
