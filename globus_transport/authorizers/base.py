"""What every authorizer is, and how one is tied to the servers that may see its credential."""

from __future__ import annotations

from abc import ABC, abstractmethod

from globus_transport.core.attempts import once_more_on
from globus_transport.core.flow import Flow, Run, read_bounded
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import check_field
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import origin_of


class GlobusAuthorizer(ABC):
    """The base of all authorizers.

    For one of your own, write :meth:`get_authorization_header`, and, if a refused credential can be
    replaced, :meth:`handle_missing_authorization`. Both may block: they are called in a worker
    thread under asyncio.

    A client ties its authorizer to the origin that it is mounted at. In a stack of your own, do that
    with :meth:`bound_to`::

        Stack(terminal, [AccessTokenAuthorizer(token).bound_to("https://transfer.api.globus.org")])
    """

    @abstractmethod
    def get_authorization_header(self) -> str | None:
        """The value of the Authorization header (RFC 9110, section 11.6.2), or ``None`` to send none."""

    def ready_header(self) -> str | None:
        """The header that a request would be sent with now; ``None`` if somebody has to be asked for it first."""
        return None

    def handle_missing_authorization(self) -> bool:
        """Called after a 401: whether another try with a new header makes sense."""
        return False

    def authorize(self, request: Request) -> Flow:
        """Send a request with the credential on. Called only for origins that may see it."""
        response: Response = yield with_authorization(request, (yield Run(self.get_authorization_header)))
        if response.status != 401 or not request.can_replay:
            return response
        attempts = once_more_on(401)
        while attempts.pause_after(response) is not None and (yield Run(self.handle_missing_authorization)):
            yield from read_bounded(response)
            response = yield with_authorization(request, (yield Run(self.get_authorization_header)))
        return response

    def bound_to(self, *urls: str) -> BoundAuthorizer:
        """The layer that sends this credential to the origins of ``urls`` and nowhere else.

        :raises GlobusSDKUsageError: if no URL is given, or one is not an absolute http(s) URL
        """
        if not urls:
            raise GlobusSDKUsageError("bound_to() needs the URL of a server that may see the credential")
        return BoundAuthorizer(self, frozenset(map(origin_of, urls)))

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusSDKUsageError: always: which servers may see the credential is not known"""
        name = type(self).__name__
        raise GlobusSDKUsageError(
            f"{name} is in a stack without saying which servers may see its credential; "
            f'put {name}(...).bound_to("{request.url.origin}") there'
        )

    def __str__(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class StaticGlobusAuthorizer(GlobusAuthorizer):
    """The base of authorizers whose header never changes."""

    _header: str

    def get_authorization_header(self) -> str:
        """The value of the Authorization header."""
        return self._header

    def ready_header(self) -> str | None:
        """The header that a request would be sent with now."""
        return self.get_authorization_header()

    def authorize(self, request: Request) -> Flow:
        """Send a request with the credential on."""
        response: Response = yield request.with_header("Authorization", self._header)
        return response


class BoundAuthorizer:
    """An authorizer tied to origins: the layer in a stack. Made by :meth:`GlobusAuthorizer.bound_to`.

    Requests to other origins, and those that say ``authorize=False``, pass without the credential.
    """

    def __init__(self, authorizer: GlobusAuthorizer, origins: frozenset[str]) -> None:
        self.authorizer = authorizer
        self.origins = origins

    def __call__(self, request: Request) -> Flow:
        if request.authorize and request.url.origin in self.origins:
            return self.authorizer.authorize(request)
        return _pass_on(request)

    def __str__(self) -> str:
        return f"{self.authorizer} for {', '.join(sorted(self.origins))} only"


def _pass_on(request: Request) -> Flow:
    response: Response = yield request
    return response


def with_authorization(request: Request, header: str | None) -> Request:
    """The request with this Authorization header in the place of any other, or with none."""
    if header is None:
        return request.with_headers(request.headers.without("Authorization"))
    return request.with_header("Authorization", header)


def bearer(access_token: str) -> str:
    """The Authorization header of a token.

    :raises GlobusSDKUsageError: without showing it, if the token cannot be one
    """
    if not isinstance(access_token, str) or not access_token or not access_token.isascii() or " " in access_token:
        raise GlobusSDKUsageError(
            f"the access token is {'empty' if access_token == '' else 'not a token'}: give the text that stands "
            "under 'access_token' in the token reply"
        )
    header = f"Bearer {access_token}"
    check_field("Authorization", header)
    return header
