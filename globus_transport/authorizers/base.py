"""The bases of authorizers, and the layer that restricts one to the origins that may see its credential."""

from __future__ import annotations

from abc import ABC, abstractmethod

from globus_transport.core.attempts import once_more_on
from globus_transport.core.flow import Flow, Run, Steps, read_bounded, send
from globus_transport.core.layers import is_method
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import check_field
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import origin_of


class GlobusAuthorizer(ABC):
    """The base of all authorizers.

    A subclass defines :meth:`get_authorization_header`, and, if a refused credential can be replaced,
    :meth:`handle_missing_authorization`. Both may block: they are called in a worker thread under asyncio.

    A client binds its authorizer to the origin that it is mounted at. In your own stack, do that with
    :meth:`bound_to`::

        authorizer = AccessTokenAuthorizer(token)
        Stack(terminal, [authorizer.bound_to("https://transfer.api.globus.org")])
    """

    @abstractmethod
    def get_authorization_header(self) -> str | None:
        """The value of the Authorization header (RFC 9110, section 11.6.2), or ``None`` to send no header."""

    def ready_header(self) -> str | None:
        """The Authorization header for a request now; ``None`` if getting it may block."""
        return None

    def handle_missing_authorization(self) -> bool:
        """Replace the credential, if possible. Called after a 401.

        :return: whether the request should be sent again, with a new header
        """
        return False

    @property
    def can_replace_credential(self) -> bool:
        """Whether a refused credential can be replaced: :meth:`handle_missing_authorization` is defined."""
        return not is_method(self.handle_missing_authorization, GlobusAuthorizer.handle_missing_authorization)

    def authorize(self, request: Request) -> Flow:
        """Send a request with the credential. Called only for origins that may see it.

        :param request: the request
        """
        response: Response = yield with_authorization(request, (yield from self._get_header()))
        if response.status != 401 or not request.can_replay or not self.can_replace_credential:
            return response
        attempts = once_more_on(401)
        while attempts.pause_after(response) is not None and (yield Run(self.handle_missing_authorization)):
            yield from read_bounded(response)
            response = yield with_authorization(request, (yield from self._get_header()))
        return response

    def _get_header(self) -> Steps[str | None]:
        header = self.ready_header()
        return (yield Run(self.get_authorization_header)) if header is None else header

    def bound_to(self, *urls: str) -> BoundAuthorizer:
        """Make the layer that sends this credential to the origins of ``urls`` and to no other origin.

        :param urls: addresses of services; only scheme, host and port count
        :raises GlobusSDKUsageError: if no URL is given, or one is not an absolute http(s) URL
        """
        if not urls:
            raise GlobusSDKUsageError("bound_to() needs the URL of a server that may see the credential")
        return BoundAuthorizer(self, frozenset(map(origin_of, urls)))

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusSDKUsageError: always, because the servers that may see the credential are unknown"""
        name = type(self).__name__
        raise GlobusSDKUsageError(
            f"{name} is in a stack, but does not say which servers may see its credential; "
            f'use {name}(...).bound_to("{request.url.origin}") instead'
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
        """The Authorization header for a request now."""
        return self.get_authorization_header()


class BoundAuthorizer:
    """The layer of an authorizer that is bound to origins. Made by :meth:`GlobusAuthorizer.bound_to`.

    Requests to other origins, and those with ``authorize=False``, are sent without the credential.

    :param authorizer: adds the credential
    :param origins: where the credential may go: scheme, host and port of each
    """

    def __init__(self, authorizer: GlobusAuthorizer, origins: frozenset[str]) -> None:
        self.authorizer = authorizer
        self.origins = origins

    def __call__(self, request: Request) -> Flow:
        if request.authorize and request.url.origin in self.origins:
            return self.authorizer.authorize(request)
        return send(request)

    def __str__(self) -> str:
        return f"{self.authorizer} for {', '.join(sorted(self.origins))} only"


def with_authorization(request: Request, header: str | None) -> Request:
    """Replace the Authorization header of a request, or remove it if ``header`` is ``None``."""
    if header is None:
        return request.with_headers(request.headers.without("Authorization"))
    return request.with_header("Authorization", header)


def bearer_header(access_token: str) -> str:
    """The value of the Authorization header for an access token (RFC 6750, section 2.1).

    :raises GlobusSDKUsageError: if the token is empty or malformed; the message does not show it
    """
    if not isinstance(access_token, str) or not access_token or not access_token.isascii() or " " in access_token:
        raise GlobusSDKUsageError(
            f"the access token is {'empty' if access_token == '' else 'malformed'}; give the value of 'access_token' "
            "in the token reply"
        )
    header = f"Bearer {access_token}"
    check_field("Authorization", header)
    return header
