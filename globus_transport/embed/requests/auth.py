"""An authorizer as ``auth=`` of requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any, Self, cast
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.embed.authorizing import authorized, next_try
from globus_transport.embed.binding import bound
from globus_transport.embed.requests.messages import as_request, url_of
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL


class GlobusAuth(AuthBase):
    """The credential of an authorizer, for ``auth=`` of requests::

        requests.get(url, auth=GlobusAuth(authorizer, "https://transfer.api.globus.org"))

    After a 401 the request is sent once more with a renewed token, if its body can be sent again. Requests to other
    servers go without the credential, and redirects to them, too. May be shared by threads and sessions.

    :param authorizer: any authorizer, or one that was bound with ``bound_to()`` before
    :param urls: servers that may see the credential
    :raises GlobusSDKUsageError: if nobody said which servers may see it
    """

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bound(authorizer, urls)

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        url = self._home(prepared)
        if url is not None:
            # The body stays out of it: nothing is sent yet.
            request = Request(prepared.method or "GET", url, Headers.received(prepared.headers.items()))
            _put(prepared, authorized(self.authorizer, request))
        hooks: list[Any] = prepared.hooks["response"]
        if not any(isinstance(hook, _Answered) and hook.auth == self for hook in hooks):
            hooks.append(_Answered(self))
        return prepared

    def _home(self, prepared: requests.PreparedRequest) -> URL | None:
        """Where a request goes, if the credential may be seen there."""
        try:
            url = url_of(prepared)
        except requests.exceptions.InvalidURL:
            # Such as the schemes of other adapters.
            return None
        return url if url.origin in self.authorizer.origins else None

    def _answered(self, reply: requests.Response, **options: Any) -> requests.Response:
        # A redirect is followed with the headers of this one.
        prepared = reply.request
        if not (reply.status_code == 401 or reply.is_redirect) or self._home(prepared) is None:
            return reply
        if reply.status_code == 401:
            reply = self._tried_again(prepared, reply, options)
        if reply.is_redirect and self._leads_away(reply):
            # By itself requests keeps the credential for the same host at another scheme.
            if reply.request is prepared:
                reply.request = prepared.copy()
            prepared.headers.pop("Authorization", None)
        return reply

    def _tried_again(
        self, prepared: requests.PreparedRequest, reply: requests.Response, options: dict[str, Any]
    ) -> requests.Response:
        request = as_request(prepared)
        flow = next_try(self.authorizer, request, Response(401, Headers.received(reply.headers.items())))
        try:
            # Where the body cannot be sent again, the flow still learns that the token was refused.
            following = next(flow)
            while request.can_replay:
                _let_go(reply)
                again = _again(prepared, reply, following)
                if reply.request is prepared:
                    reply.request = prepared.copy()
                # The headers that a redirect of the second reply is made from.
                _put(prepared, following)
                started = perf_counter()
                second = reply.connection.send(again, **options)
                second.elapsed = timedelta(seconds=perf_counter() - started)
                second.history.append(reply)
                second.request = again
                reply = second
                following = flow.send(Response(reply.status_code, Headers.received(reply.headers.items())))
        except StopIteration:
            pass
        except BaseException:
            reply.close()
            raise
        finally:
            flow.close()
        return reply

    def _leads_away(self, reply: requests.Response) -> bool:
        try:
            target = URL(urljoin(reply.url, reply.headers["Location"]))
        except GlobusSDKUsageError:
            return True
        return target.origin not in self.authorizer.origins

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GlobusAuth) and other.authorizer is self.authorizer

    def __hash__(self) -> int:
        return id(self.authorizer)

    def __repr__(self) -> str:
        return f"<GlobusAuth: {self.authorizer}>"


class _Answered:
    """The hook of a request, which leads to the authorizer.

    A reply that is pickled takes its request along, with its hooks. The authorizer, which can hold a refresh token
    or a client secret, does not go with it.
    """

    def __init__(self, auth: GlobusAuth) -> None:
        self.auth = auth

    def __call__(self, reply: requests.Response, **options: Any) -> requests.Response:
        return self.auth._answered(reply, **options)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return (_no_hook, ())


def _no_hook() -> Callable[..., None]:
    return _leave_as_it_is


def _leave_as_it_is(_reply: requests.Response, **_options: Any) -> None:
    """What a hook returns that changes nothing."""


def _put(prepared: requests.PreparedRequest, request: Request) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        prepared.headers.pop("Authorization", None)
    else:
        prepared.headers["Authorization"] = header


def _let_go(reply: requests.Response) -> None:
    # Read to its end, so that the connection can be used again. If that fails, it is not.
    with contextlib.suppress(requests.RequestException, RuntimeError):
        _ = reply.content
    reply.close()


def _again(
    prepared: requests.PreparedRequest, reply: requests.Response, following: Request
) -> requests.PreparedRequest:
    again = prepared.copy()
    jar: Any = again._cookies  # type: ignore[attr-defined]
    cast(Any, extract_cookies_to_jar)(jar, prepared, reply.raw)
    again.headers.pop("Cookie", None)
    again.prepare_cookies(jar)
    _put(again, following)
    position = getattr(prepared, "_body_position", None)
    if isinstance(position, int):
        prepared.body.seek(position)  # type: ignore[union-attr]
    return again
