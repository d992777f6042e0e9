"""The flows of an authorizer in httpx, whichever module of its shape the host class is from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any
from urllib.parse import urlsplit

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.embed import async_authorizing, authorizing
from globus_transport.embed.binding import bound
from globus_transport.embed.httpx.bodies import can_be_read_again
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL


class AuthorizerFlows:
    """:raises GlobusSDKUsageError: if nobody said which servers may see the credential, or httpx would carry it on"""

    def __init__(self, library: Any, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bound(authorizer, urls)
        for origin in self.authorizer.origins:
            if urlsplit(origin).scheme == "http" and urlsplit(origin).port is None:
                raise GlobusSDKUsageError(
                    f"{origin}: httpx keeps a credential when a redirect leads to https on the same host, which is "
                    "another server; name the https URL"
                )
        self._library = library
        # Compared in httpx's own terms: what its URL class takes for the host is where it connects to.
        self._origins = {_place_of(library.URL(origin)): origin for origin in self.authorizer.origins}

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """For ``httpx.Client``."""
        ours = self._as_request(request)
        if ours is None:
            yield request
            return
        sent = authorizing.authorized(self.authorizer, ours)
        reply = yield _with_credential(request, sent)
        refused = self._refused(reply, sent)
        if refused is None:
            return
        tries = authorizing.next_try(self.authorizer, refused, _refusal(reply))
        try:
            following = next(tries)
            while refused is not None:
                reply = yield _with_credential(reply.request, following)
                refused = self._refused(reply, following)
                if refused is not None:
                    following = tries.send(_refusal(reply))
        except StopIteration:
            return
        finally:
            tries.close()

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """For ``httpx.AsyncClient``."""
        ours = self._as_request(request)
        if ours is None:
            yield request
            return
        sent = await async_authorizing.authorized(self.authorizer, ours)
        reply = yield _with_credential(request, sent)
        refused = self._refused(reply, sent)
        if refused is None:
            return
        tries = async_authorizing.next_try(self.authorizer, refused, _refusal(reply))
        try:
            following = await anext(tries)
            while refused is not None:
                reply = yield _with_credential(reply.request, following)
                refused = self._refused(reply, following)
                if refused is not None:
                    following = await tries.asend(_refusal(reply))
        except StopAsyncIteration:
            return
        finally:
            await tries.aclose()

    def _as_request(self, request: Any) -> Request | None:
        """The request as an authorizer needs it; ``None`` if it goes where the credential may not be seen."""
        origin = self._origins.get(_place_of(request.url))
        if origin is None:
            return None
        return Request(
            request.method,
            URL.at(origin, request.url.raw_path.decode("ascii")),
            # Of the body only that is looked at: an authorizer gives up a refused token either way.
            body=None if can_be_read_again(self._library, request.stream) else StreamBody.once(()),
        )

    def _refused(self, reply: Any, sent: Request) -> Request | None:
        """What was refused, if it was this credential.

        After redirects that is the last request, and only that is sent again: what came before it was carried out.
        """
        if reply.status_code != 401:
            return None
        header = sent.headers.get("Authorization")
        # A redirect may have led elsewhere, or back from there, where httpx takes the credential off.
        if reply.request.headers.get("Authorization") != header:
            return None
        refused = self._as_request(reply.request)
        return refused if refused is None or header is None else refused.with_header("Authorization", header)

    def __repr__(self) -> str:
        return f"<GlobusAuth: {self.authorizer}>"


def _place_of(url: Any) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _with_credential(request: Any, sent: Request) -> Any:
    header = sent.headers.get("Authorization")
    if header is None:
        request.headers.pop("Authorization", None)
    else:
        request.headers["Authorization"] = header
    return request


def _refusal(reply: Any) -> Response:
    return Response(reply.status_code, Headers.received(reply.headers.multi_items()))
