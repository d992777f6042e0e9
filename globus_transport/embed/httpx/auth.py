"""An authorizer as ``auth=`` of httpx, written once for httpx and httpx2, which have the same classes.

The public classes, each made for one of the two libraries, are in ``public.py`` and ``embed/httpx2.py``.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Generator
from typing import Any, Generic, Never, NoReturn, TypeVar
from urllib.parse import urlsplit

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer, StaticGlobusAuthorizer
from globus_transport.core import async_driver
from globus_transport.core.flow import Steps
from globus_transport.embed.authorizing import (
    Reauthorization,
    bind_authorizer,
    discard_credential,
    first_request,
    refuse_to_send,
    run_steps,
)
from globus_transport.embed.httpx.bodies import can_be_read_again
from globus_transport.embed.httpx.errors import wrong_library
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")
T = TypeVar("T")


class HttpxAuth(Generic[RequestT, ResponseT]):
    """The base of ``GlobusAuth``. A subclass names the library, and derives from its ``Auth``, too.

    :raises GlobusSDKUsageError: if the servers that may see the credential are not given, or one of them is
        ``http://`` at the default port
    """

    _library: Any

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bind_authorizer(authorizer, urls)
        for origin in self.authorizer.origins:
            if urlsplit(origin).scheme == "http" and urlsplit(origin).port is None:
                raise GlobusSDKUsageError(
                    f"{origin}: httpx keeps a credential when a redirect leads to https on the same host, which is "
                    "another server; name the https URL"
                )
        # Compared as httpx's URL class parses them, since httpx connects to the host that this class finds.
        self._origins = {_origin_key(self._library.URL(origin)): origin for origin in self.authorizer.origins}

    def sync_auth_flow(self, request: RequestT) -> Generator[RequestT, ResponseT, None]:
        """Authorize a request of a ``Client``. Yields each request to send, and is sent its response."""
        call = _AuthorizedCall(self._library, self.authorizer, self._origins)
        try:
            following = run_steps(call.first_request(request))
            while following is not None:
                response = yield following
                following = run_steps(call.next_request(response))
            return
        except GeneratorExit:
            pass  # httpx raises another exception, which is the one that is being handled from here on.
        finally:
            call.close()
        run_steps(call.after_exception(sys.exception()))

    async def async_auth_flow(self, request: RequestT) -> AsyncGenerator[RequestT, ResponseT]:
        """Authorize a request of an ``AsyncClient``. Yields each request to send, and is sent its response.

        :raises GlobusSDKUsageError: if a credential that may have to be renewed is used without asyncio, as under trio
        """
        if not isinstance(self.authorizer.authorizer, StaticGlobusAuthorizer):
            async_driver.check_event_loop(f"{self!r} in an AsyncClient")
        call = _AuthorizedCall(self._library, self.authorizer, self._origins)
        try:
            following = await _run_steps(call.first_request(request))
            while following is not None:
                response = yield following
                following = await _run_steps(call.next_request(response))
            return
        except GeneratorExit:
            pass  # httpx raises another exception, which is the one that is being handled from here on.
        finally:
            call.close()
        await _run_steps(call.after_exception(sys.exception()))

    # Nothing is a ``Never``, so type checkers refuse this object as a callable for ``auth=``.
    def __call__(self, request: Never) -> NoReturn:
        """:raises GlobusSDKUsageError: always: a client calls an object that is no ``Auth`` of its own library"""
        raise wrong_library("GlobusAuth", self._library, request)

    def __repr__(self) -> str:
        return f"<GlobusAuth: {self.authorizer}>"


class _AuthorizedCall:
    """One call of a client: which requests of httpx are to be sent, with which credential."""

    def __init__(
        self, library: Any, authorizer: BoundAuthorizer, origins: dict[tuple[str, bytes, int | None], str]
    ) -> None:
        self._library = library
        self._authorizer = authorizer
        self._origins = origins
        self._sent: Request | None = None
        self._reauthorization: Reauthorization | None = None

    def first_request(self, request: Any) -> Steps[Any]:
        """The request as it is sent first."""
        own_request = self._to_request(request)
        if own_request is None:
            return request
        self._sent = yield from first_request(self._authorizer, own_request)
        return _with_credential(request, self._sent)

    def next_request(self, reply: Any) -> Steps[Any]:
        """The request to send after this response; ``None`` if the call ends with the response."""
        refused = self._refused_request(reply)
        if refused is None:
            return None
        if self._reauthorization is None:
            self._reauthorization = Reauthorization(self._authorizer, refused)
        refusal = Response(reply.status_code, Headers.received(reply.headers.multi_items()))
        self._sent = yield from self._reauthorization.next_request(refusal)
        if self._sent is None:
            return None
        if reply.cookies:
            # As httpx's own DigestAuth does: a load balancer may have set one.
            self._library.Cookies(reply.cookies).set_cookie_header(reply.request)
        return _with_credential(reply.request, self._sent)

    def after_exception(self, error: BaseException | None) -> Steps[None]:
        """Discard the credential if httpx ends the call with an exception for a 401: a response hook raised it.

        httpx runs the hooks before this object gets the response. Nothing can be sent again in the same call.

        :param error: the exception; ``None`` if unknown
        """
        causes: list[Any] = [] if error is None else [error, error.__cause__, error.__context__]
        for cause in causes:
            if isinstance(cause, self._library.HTTPStatusError):
                refused = self._refused_request(cause.response)
                if refused is not None and "Authorization" in refused.headers:
                    yield from discard_credential(self._authorizer, refused.headers["Authorization"])
                return

    def close(self) -> None:
        """End the authorizer's flow."""
        if self._reauthorization is not None:
            self._reauthorization.close()

    def _to_request(self, request: Any) -> Request | None:
        """The request as the authorizer needs it; ``None`` if its server may not see the credential."""
        origin = self._origins.get(_origin_key(request.url))
        if origin is None:
            return None
        return Request(
            request.method,
            URL.at(origin, request.url.raw_path.decode("ascii")),
            # The authorizer needs to know only whether the body can be sent again. It never reads the body.
            body=None if can_be_read_again(self._library, request.stream) else StreamBody.once(()),
        )

    def _refused_request(self, reply: Any) -> Request | None:
        """The request whose credential a response refuses; ``None`` if it refuses none of this authorizer.

        After redirects, this is the last request, and only this one is sent again: those before it were carried out.
        """
        if reply.status_code != 401 or self._sent is None:
            return None
        header = self._sent.headers.get("Authorization")
        # httpx removes the credential when a redirect leads to another server.
        if reply.request.headers.get("Authorization") != header:
            return None
        refused = self._to_request(reply.request)
        return refused if refused is None or header is None else refused.with_header("Authorization", header)


def _origin_key(url: Any) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _with_credential(request: Any, sent: Request) -> Any:
    header = sent.headers.get("Authorization")
    if header is None:
        request.headers.pop("Authorization", None)
    else:
        request.headers["Authorization"] = header
    return request


async def _run_steps(steps: Steps[T]) -> T:
    return await async_driver.run(steps, _refuse_to_send, [])


async def _refuse_to_send(request: Request) -> NoReturn:
    refuse_to_send(request)
