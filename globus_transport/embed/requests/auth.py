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
from globus_transport.embed.authorizing import Reauthorization, bind_authorizer, first_request, run_steps
from globus_transport.embed.requests.messages import to_request, url_of
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.secrets import HIDDEN
from globus_transport.http.urls import URL

# An attribute of responses with status 401.
_WAS_HANDLED = "_globus_auth_was_handled"


class GlobusAuth(AuthBase):
    """The credential of an authorizer, for ``auth=`` of requests::

        requests.get(url, auth=GlobusAuth(authorizer, "https://transfer.api.globus.org"))

    After a 401 the request is sent once more with a renewed token, if its body can be sent again. Requests and
    redirects to other servers go without the credential. Threads and sessions may share one object.

    In ``history``, the requests of refused responses and of redirects have ``<hidden>`` for the credential: caches of
    responses write it to disk. The last response has its own request, as it was sent.

    :param authorizer: any authorizer; one that was bound with ``bound_to()`` takes no ``urls``
    :param urls: of the servers that may see the credential
    :raises GlobusSDKUsageError: if the servers that may see the credential are not given
    """

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bind_authorizer(authorizer, urls)

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        url = self._url_for_credential(prepared)
        if url is not None:
            # Without the body: the authorizer does not read it, and nothing is sent here.
            request = Request(prepared.method or "GET", url, Headers.received(prepared.headers.items()))
            _set_authorization(prepared, run_steps(first_request(self.authorizer, request)))
        hooks: list[Any] = prepared.hooks["response"]
        if not any(isinstance(hook, _ResponseHook) and hook.auth == self for hook in hooks):
            hooks.append(_ResponseHook(self))
        return prepared

    def _url_for_credential(self, prepared: requests.PreparedRequest) -> URL | None:
        """The URL of a request; ``None`` if its server may not see the credential."""
        try:
            url = url_of(prepared)
        except requests.exceptions.InvalidURL:
            # The URL may have a scheme of another adapter, such as file://.
            return None
        return url if url.origin in self.authorizer.origins else None

    def _handle_response(self, reply: requests.Response, **options: Any) -> requests.Response:
        prepared = reply.request
        if not (reply.status_code == 401 or reply.is_redirect) or self._url_for_credential(prepared) is None:
            return reply
        if reply.status_code == 401:
            # A session that caches calls the hooks twice, and for stored responses.
            if hasattr(reply, _WAS_HANDLED) or not hasattr(reply, "connection"):
                return reply
            reply = self._send_again(prepared, reply, options)
            setattr(reply, _WAS_HANDLED, True)
        if reply.is_redirect:
            # requests follows with the headers of ``prepared``, and itself keeps the credential if only the scheme
            # changes.
            _hide_credential(reply)
            if self._leads_elsewhere(reply):
                prepared.headers.pop("Authorization", None)
        return reply

    def _send_again(
        self, prepared: requests.PreparedRequest, reply: requests.Response, options: dict[str, Any]
    ) -> requests.Response:
        request = to_request(prepared)
        reauthorization = Reauthorization(self.authorizer, request)
        try:
            # The authorizer has to learn that the token was refused, even if the body cannot be sent again.
            following = run_steps(reauthorization.next_request(_head_of(reply)))
            while following is not None and request.can_replay:
                _release(reply)
                again = _copy_for(following, prepared, reply)
                _hide_credential(reply)
                # If the second reply is a redirect, requests takes the headers for it from here.
                _set_authorization(prepared, following)
                started = perf_counter()
                second = reply.connection.send(again, **options)
                second.elapsed = timedelta(seconds=perf_counter() - started)
                second.history.append(reply)
                second.request = again
                reply = second
                following = run_steps(reauthorization.next_request(_head_of(reply)))
        except BaseException:
            reply.close()
            raise
        finally:
            reauthorization.close()
        return reply

    def _leads_elsewhere(self, reply: requests.Response) -> bool:
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


class _ResponseHook:
    """The hook that passes each response to the authorizer.

    A pickled response contains its request, with its hooks. This hook pickles as one that does nothing, because the
    authorizer may hold a refresh token or a client secret.
    """

    def __init__(self, auth: GlobusAuth) -> None:
        self.auth = auth

    def __call__(self, reply: requests.Response, **options: Any) -> requests.Response:
        return self.auth._handle_response(reply, **options)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return (_make_empty_hook, ())


def _make_empty_hook() -> Callable[..., None]:
    return _empty_hook


def _empty_hook(_reply: requests.Response, **_options: Any) -> None:
    """Does nothing."""


def _head_of(reply: requests.Response) -> Response:
    return Response(reply.status_code, Headers.received(reply.headers.items()))


def _set_authorization(prepared: requests.PreparedRequest, request: Request) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        prepared.headers.pop("Authorization", None)
    else:
        prepared.headers["Authorization"] = header


def _hide_credential(reply: requests.Response) -> None:
    """Hide the credential in the request of a response that becomes part of a ``history``."""
    reply.request = reply.request.copy()
    if "Authorization" in reply.request.headers:
        reply.request.headers["Authorization"] = HIDDEN


def _release(reply: requests.Response) -> None:
    # The connection can be used again only if the body is read to its end.
    with contextlib.suppress(requests.RequestException, RuntimeError):
        _ = reply.content
    reply.close()


def _copy_for(
    following: Request, prepared: requests.PreparedRequest, reply: requests.Response
) -> requests.PreparedRequest:
    """The prepared request once more, with the credential of ``following`` and the cookies that ``reply`` set."""
    again = prepared.copy()
    jar: Any = again._cookies  # type: ignore[attr-defined]
    cast(Any, extract_cookies_to_jar)(jar, prepared, reply.raw)
    again.headers.pop("Cookie", None)
    again.prepare_cookies(jar)
    _set_authorization(again, following)
    position = getattr(prepared, "_body_position", None)
    if isinstance(position, int):
        prepared.body.seek(position)  # type: ignore[union-attr]
    return again
