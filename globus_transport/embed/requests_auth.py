"""An authorizer as ``auth=`` of requests."""

from __future__ import annotations

import contextlib
from typing import Any, cast
from urllib.parse import urljoin

import requests
import urllib3
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.embed.authorizing import authorized, next_try
from globus_transport.embed.binding import bound
from globus_transport.embed.requests_messages import as_request
from globus_transport.errors import GlobusSDKUsageError
from globus_transport.headers import Headers
from globus_transport.messages import Request, Response
from globus_transport.middleware.errors import ERROR_BODY_LIMIT
from globus_transport.urls import URL


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
        request = as_request(prepared)
        if request.url.origin in self.authorizer.origins:
            _put(prepared, authorized(self.authorizer, request))
        register: Any = prepared.register_hook
        register("response", self._answered)
        return prepared

    def _answered(self, reply: requests.Response, **options: Any) -> requests.Response:
        prepared = reply.request
        if reply.is_redirect and self._leads_away(reply):
            # requests copies these headers to the next request; by itself it keeps the credential for the same
            # host at another scheme.
            prepared.headers.pop("Authorization", None)
        if reply.status_code != 401:
            return reply
        request = as_request(prepared)
        if request.url.origin not in self.authorizer.origins or not request.can_replay:
            return reply
        flow = next_try(self.authorizer, request, Response(401, Headers(dict(reply.headers))))
        try:
            following = next(flow)
            while True:
                _let_go(reply)
                again = _again(prepared, reply, following)
                # The headers that a redirect of the second reply is made from.
                _put(prepared, following)
                second = reply.connection.send(again, **options)
                second.history.append(reply)
                second.request = again
                reply = second
                following = flow.send(Response(reply.status_code, Headers(dict(reply.headers))))
        except StopIteration:
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


def _put(prepared: requests.PreparedRequest, request: Request) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        prepared.headers.pop("Authorization", None)
    else:
        prepared.headers["Authorization"] = header


def _let_go(reply: requests.Response) -> None:
    # Read to its end, within reason, so that the connection can be used again.
    with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
        reply.raw.read(ERROR_BODY_LIMIT, decode_content=False)
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
