"""The flows of an authorizer in httpx, whichever module of its shape the host class is from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any
from urllib.parse import urlsplit

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.embed import async_authorizing, authorizing
from globus_transport.embed.binding import bound
from globus_transport.errors import GlobusSDKUsageError
from globus_transport.headers import Headers
from globus_transport.messages import Request, Response, StreamBody
from globus_transport.urls import URL

# Those of httpx that can be read again.
_REPLAYABLE = frozenset({"ByteStream", "MultipartStream"})


class AuthorizerFlows:
    """:raises GlobusSDKUsageError: if nobody said which servers may see the credential, or httpx would carry it on"""

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bound(authorizer, urls)
        for origin in self.authorizer.origins:
            if urlsplit(origin).scheme == "http" and urlsplit(origin).port is None:
                raise GlobusSDKUsageError(
                    f"{origin}: httpx keeps a credential when a redirect leads to https on the same host, which is "
                    "another server; name the https URL"
                )

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """For ``httpx.Client``."""
        ours = _as_request(request)
        if ours.url.origin not in self.authorizer.origins:
            yield request
            return
        sent = authorizing.authorized(self.authorizer, ours)
        reply = yield _with_credential(request, sent)
        if not self._was_refused(reply):
            return
        tries = authorizing.next_try(self.authorizer, sent, _refusal(reply))
        try:
            following = next(tries)
            while True:
                reply = yield _with_credential(request, following)
                following = tries.send(_refusal(reply))
        except StopIteration:
            return
        finally:
            tries.close()

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """For ``httpx.AsyncClient``."""
        ours = _as_request(request)
        if ours.url.origin not in self.authorizer.origins:
            yield request
            return
        sent = await async_authorizing.authorized(self.authorizer, ours)
        reply = yield _with_credential(request, sent)
        if not self._was_refused(reply):
            return
        tries = async_authorizing.next_try(self.authorizer, sent, _refusal(reply))
        try:
            following = await anext(tries)
            while True:
                reply = yield _with_credential(request, following)
                following = await tries.asend(_refusal(reply))
        except StopAsyncIteration:
            return
        finally:
            await tries.aclose()

    def _was_refused(self, reply: Any) -> bool:
        # A redirect may have led elsewhere; what is refused there is not this credential.
        return reply.status_code == 401 and _url_of(reply.request).origin in self.authorizer.origins

    def __repr__(self) -> str:
        return f"<GlobusAuth: {self.authorizer}>"


def _as_request(request: Any) -> Request:
    replayable = type(request.stream).__name__ in _REPLAYABLE
    return Request(
        request.method,
        _url_of(request),
        # Of the body only that is looked at: an authorizer gives up a refused token either way.
        body=None if replayable else StreamBody.once(()),
    )


def _url_of(request: Any) -> URL:
    # What httpx makes of a user name in it is its own affair.
    return URL(str(request.url.copy_with(userinfo=b"")))


def _with_credential(request: Any, sent: Request) -> Any:
    header = sent.headers.get("Authorization")
    if header is None:
        request.headers.pop("Authorization", None)
    else:
        request.headers["Authorization"] = header
    return request


def _refusal(reply: Any) -> Response:
    return Response(reply.status_code, Headers(list(reply.headers.multi_items())))
