"""The base of authorizers that renew their access token, the token that they hold, and the clients that renew it."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, Protocol, TypeVar

from globus_transport.authorizers.base import GlobusAuthorizer, bearer_header
from globus_transport.authorizers.renewal import SharedRenewal
from globus_transport.core import driver
from globus_transport.core.attempts import once_more_on
from globus_transport.core.events import Renewal
from globus_transport.core.flow import Flow, Run, Steps, read_bounded
from globus_transport.core.layers import is_method, runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Request, Response

#: A token is renewed this many seconds before it expires; one that lives under four minutes, in its last quarter.
MARGIN = 60.0


class TokenReply(Protocol):
    """What an authorizer needs of a token reply."""

    @property
    def by_resource_server(self) -> Mapping[str, Mapping[str, Any]]: ...


ReplyT = TypeVar("ReplyT", bound=TokenReply)
ReplyT_co = TypeVar("ReplyT_co", bound=TokenReply, covariant=True)


class RefreshesTokens(Protocol[ReplyT_co]):
    """An auth client that can refresh: ``NativeAppAuthClient``, ``ConfidentialAppAuthClient``."""

    @property
    def oauth2_refresh_token(self) -> Callable[[str], ReplyT_co]: ...


class GrantsClientCredentials(Protocol[ReplyT_co]):
    """An auth client with credentials of its own: ``ConfidentialAppAuthClient``."""

    @property
    def oauth2_client_credentials_tokens(self) -> Callable[[str], ReplyT_co]: ...


def check_auth_client(authorizer: object, client: object, method: str) -> None:
    """Refuse a client that cannot make the grant, when the authorizer is made.

    :raises GlobusSDKUsageError: if it lacks the method
    """
    if not callable(getattr(client, method, None)):
        what = f"{type(authorizer).__name__}: a {type(client).__name__} has no {method}()"
        others = " or a NativeAppAuthClient" if method == "oauth2_refresh_token" else ""
        raise GlobusSDKUsageError(f"{what}; give a ConfidentialAppAuthClient{others}")


class AccessToken:
    """An access token. It is immutable, except that a server may reject it.

    :ivar value: the token
    :ivar header: the value of the Authorization header that carries it
    :ivar expires_at: seconds since the epoch; ``None`` if unknown: the token is then used until it is rejected
    :ivar lifetime: seconds for which it was issued; ``None`` if unknown
    :ivar rejected: whether a server answered it with 401
    :ivar stale_at: the time from which it is renewed before use, in seconds since the epoch
    """

    __slots__ = ("expires_at", "header", "lifetime", "rejected", "stale_at", "value")

    def __init__(
        self, value: str, header: str, expires_at: int | None, lifetime: float | None = None, rejected: bool = False
    ) -> None:
        self.value = value
        self.header = header
        self.expires_at = expires_at
        self.lifetime = lifetime
        self.rejected = rejected
        margin = MARGIN if lifetime is None else min(MARGIN, lifetime / 4)
        stale_at = math.inf if expires_at is None else expires_at - margin
        self.stale_at = -math.inf if rejected else stale_at

    def reject(self) -> None:
        """Mark it as rejected, for all that hold it: a server answered it with 401."""
        self.rejected = True
        self.stale_at = -math.inf

    def is_stale(self) -> bool:
        """Whether it must be renewed before it is used."""
        return time.time() >= self.stale_at


class RenewingAuthorizer(GlobusAuthorizer, Generic[ReplyT]):
    """Sends an access token and renews it: before it expires, and after a 401.

    Threads and asyncio tasks may share one authorizer; they make one renewal together. No token is fetched before the
    first request.

    :param access_token: the first access token, if there is one already
    :param expires_at: when it expires, in seconds since the epoch
    :param on_refresh: called with every token reply before its token is used, to store it. If it raises, the call
        fails with that exception, and the next call passes the same reply again. Under threads it is called in one of
        the threads that wait for the token, under asyncio, or if that thread was interrupted, in a thread of its own.
        It may be a coroutine function, for asyncio only, which is awaited in the caller's event loop. Several processes
        need a storage with a lock instead: each would renew by itself
    :raises GlobusSDKUsageError: if only one of ``access_token`` and ``expires_at`` is given
    """

    def __init__(
        self,
        access_token: str | None = None,
        expires_at: int | None = None,
        on_refresh: Callable[[ReplyT], Any] | None = None,
    ) -> None:
        if (access_token is None) != (expires_at is None):
            raise GlobusSDKUsageError(
                f"{type(self).__name__}: access_token and expires_at belong together; give both, or neither"
            )
        self.on_refresh = on_refresh
        self._token: AccessToken | None = None
        if access_token is not None:
            self._token = AccessToken(access_token, bearer_header(access_token), expires_at)
        self._renewal = self._make_renewal()

    def _make_renewal(self) -> SharedRenewal[AccessToken]:
        return SharedRenewal(self._fetch, self._store, self._adopt, self._store_awaits)

    @abstractmethod
    def _get_token_response(self) -> ReplyT:
        """Request a new token. Blocking."""

    def _keep_token_data(self, token_data: Mapping[str, Any]) -> None:
        """Keep what the reply holds besides the access token, such as a new refresh token."""

    @property
    def access_token(self) -> str | None:
        """The current access token; ``None`` before the first renewal."""
        token = self._token
        return None if token is None else token.value

    @access_token.setter
    def access_token(self, value: str | None) -> None:
        # None makes the next request renew the token.
        self._token = None if value is None else AccessToken(value, bearer_header(value), self.expires_at)

    @property
    def expires_at(self) -> int | None:
        """When the access token expires, in seconds since the epoch; ``None`` if unknown, or if it was rejected."""
        token = self._token
        return None if token is None or token.rejected else token.expires_at

    @expires_at.setter
    def expires_at(self, seconds: int | None) -> None:
        # None makes the next request renew the token.
        token = self._token
        if token is not None:
            self._token = AccessToken(token.value, token.header, seconds, rejected=seconds is None)

    def authorize(self, request: Request) -> Flow:
        """Send a request with the token; after a 401, send it once more with a new token."""
        token, header = yield from self._get_token_and_header(request, "stale")
        response: Response = yield request.with_header("Authorization", header)
        if response.status != 401:
            return response
        if not (yield from self._reject(token)) or not request.can_replay:
            return response
        attempts = once_more_on(401)
        while attempts.pause_after(response) is not None:
            yield from read_bounded(response)
            token, header = yield from self._get_token_and_header(request, "refused")
            response = yield request.with_header("Authorization", header)
        return response

    # A subclass, or a test, may have put methods of its own in the place of the public ones. Then they are called.

    def _get_token_and_header(
        self, request: Request, reason: Literal["stale", "refused"]
    ) -> Steps[tuple[AccessToken | None, str]]:
        token = self._token
        if not is_method(self.ensure_valid_token, RenewingAuthorizer.ensure_valid_token):
            header = yield Run(self.get_authorization_header)
            return self._token, header
        if token is None or token.is_stale():
            token = yield from self._get_token_for(request, reason)
        if not is_method(self.get_authorization_header, RenewingAuthorizer.get_authorization_header):
            return token, (yield Run(self.get_authorization_header))
        return token, token.header

    def _reject(self, token: AccessToken | None) -> Steps[bool]:
        """After a 401: have the next request renew the token, unless another call has renewed it.

        :return: whether the request is to be sent again
        """
        if not is_method(self.handle_missing_authorization, RenewingAuthorizer.handle_missing_authorization):
            is_renewed: bool = self._token is not token or (yield Run(self.handle_missing_authorization))
            return is_renewed
        if token is not None:
            token.reject()
        return True

    def ready_header(self) -> str | None:
        """The Authorization header for a request now; ``None`` if getting it may block."""
        token = self._token
        is_known = is_method(self.ensure_valid_token, RenewingAuthorizer.ensure_valid_token) and is_method(
            self.get_authorization_header, RenewingAuthorizer.get_authorization_header
        )
        return None if token is None or token.is_stale() or not is_known else token.header

    def get_authorization_header(self) -> str:
        """The Authorization header with a fresh token. Blocks while the token is renewed.

        :raises GlobusAPIError: if the service refuses the renewal
        :raises NetworkError: if the service cannot be reached
        """
        self.ensure_valid_token()
        return self._get_fresh().header

    def ensure_valid_token(self) -> None:
        """Renew the token now if it is stale. Blocks and raises as :meth:`get_authorization_header` does."""
        self._get_fresh()

    def _get_fresh(self) -> AccessToken:
        token = self._token
        if token is None or token.is_stale():
            token = driver.run(self._renewal.get_fresh(self._get_current, None), _refuse_to_send, [])
        return token

    def handle_missing_authorization(self) -> bool:
        """Mark the current token as rejected after a 401. The next request renews it."""
        token = self._token
        if token is not None:
            token.reject()
        return True

    def _get_token_for(self, request: Request, reason: Literal["stale", "refused"]) -> Steps[AccessToken]:
        started = time.monotonic()
        token = yield from self._renewal.get_fresh(self._get_current, request.deadline)
        if request.notify is not None:
            request.notify(Renewal(request, reason, time.monotonic() - started))
        return token

    def _get_current(self) -> AccessToken | None:
        token = self._token
        return None if token is None or token.is_stale() else token

    def _fetch(self) -> tuple[ReplyT, AccessToken]:
        reply = self._get_token_response()
        data = self._extract_token_data(reply)
        value = data["access_token"]
        self._keep_token_data(data)
        expires_at = data.get("expires_at_seconds")
        lifetime = None if expires_at is None else expires_at - time.time()
        return reply, AccessToken(value, bearer_header(value), expires_at, lifetime)

    def _extract_token_data(self, res: ReplyT) -> Mapping[str, Any]:
        """The one token in a reply.

        :raises ReplyFormatError: if it has none, or several
        """
        servers = getattr(res, "by_resource_server", None)
        if not isinstance(servers, Mapping):
            raise GlobusSDKUsageError(
                f"{type(self).__name__}: its auth client answered with {type(res).__name__}, not a token reply; "
                "give it one that is not Async"
            )
        if len(servers) != 1:
            names = ", ".join(sorted(servers)) or "none"
            raise ReplyFormatError(
                f"{type(self).__name__} needs a token for one resource server, the reply has: {names}. "
                "Ask for scopes of a single service"
            )
        token: Mapping[str, Any] = next(iter(servers.values()))
        return token

    def _store(self, answer: tuple[ReplyT, AccessToken]) -> Run | None:
        return None if self.on_refresh is None else Run(self.on_refresh, answer[0])

    def _store_awaits(self) -> bool:
        return self.on_refresh is not None and runs_coroutine(self.on_refresh)

    def _adopt(self, answer: tuple[ReplyT, AccessToken]) -> AccessToken:
        self._token = answer[1]
        return answer[1]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_renewal"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A copy renews its own token: the renewal of the original would set the token of the original.
        vars(self).update(state)
        self._renewal = self._make_renewal()


def _refuse_to_send(request: Request) -> Response:
    raise AssertionError(f"a renewal sends no request through the stack, but it yielded {request!r}")
