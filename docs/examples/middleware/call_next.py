"""Functions of (request, call_next), for threads and for asyncio."""

from collections.abc import Awaitable, Callable

from globus_transport import Request, Response


def tag(request: Request, call_next: Callable[[Request], Response]) -> Response:
    return call_next(request.with_header("X-Job", "nightly"))


async def async_tag(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    return await call_next(request.with_header("X-Job", "nightly"))
