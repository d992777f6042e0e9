"""The base of authorizers that can get themselves a new access token, and the token that they hold."""

from __future__ import annotations

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from globus_transport.authorizers.base import GlobusAuthorizer, bearer
from globus_transport.authorizers.protocols import TokenReply
from globus_transport.authorizers.renewal import SharedRenewal
from globus_transport.core import driver
from globus_transport.core.attempts import once_more_on
from globus_transport.core.events import Renewal
from globus_transport.core.flow import Flow, Run, Steps, read_bounded
from globus_transport.core.layers import runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.messages import Request, Response

if TYPE_CHECKING:
    ReplyT = TypeVar("ReplyT", bound=TokenReply)
else:
    ReplyT = TypeVar("ReplyT")


#: A token is renewed this many seconds before it expires, or after three quarters of a short life.
MARGIN = 60.0


class AccessToken:
    """An access token. Nothing about it changes but that a server may reject it.

    :ivar value: the token
    :ivar header: the Authorization header that carries it
    :ivar expires_at: seconds since the epoch; ``None`` if nobody knows, then it serves until it is refused
    :ivar lifetime: the seconds it was issued for, if they are known
    :ivar rejected: whether a server answered it with 401
    :ivar stale_at: from when on it is renewed before use, in seconds since the epoch
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
        """A server answered it with 401. Whoever holds it sees that; a newer token is not touched."""
        self.rejected = True
        self.stale_at = -math.inf

    def is_stale(self) -> bool:
        """Whether it should be renewed before it is used."""
        return time.time() >= self.stale_at


class RenewingAuthorizer(GlobusAuthorizer, Generic[ReplyT]):
    """Sends an access token and renews it: before it expires, and after a 401.

    Threads and asyncio tasks may share one; they make one renewal together. Nothing is fetched
    before the first request.

    :param access_token: a token to begin with
    :param expires_at: when that expires, in seconds since the epoch
    :param on_refresh: is given every token reply before its token is used, to store it. If it raises,
        the call fails with that, and the next call hands it the same reply again. Under threads it is called in one
        of those that wait for the token, under asyncio in a thread of its own; a coroutine function, for asyncio only,
        is awaited in the caller's loop
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
            self._token = AccessToken(access_token, bearer(access_token), expires_at)

    @abstractmethod
    def _get_token_response(self) -> ReplyT:
        """Ask for a new token. Blocking."""

    def _keep_token_data(self, token_data: Mapping[str, Any]) -> None:
        """Take over what the reply brought besides the access token."""

    @property
    def access_token(self) -> str | None:
        """The current access token; ``None`` before the first renewal."""
        token = self._token
        return None if token is None else token.value

    @property
    def expires_at(self) -> int | None:
        """When it expires, in seconds since the epoch; ``None`` if nobody knows, or it was refused."""
        token = self._token
        return None if token is None or token.rejected else token.expires_at

    @expires_at.setter
    def expires_at(self, seconds: int | None) -> None:
        # None asks for a renewal at the next request.
        token = self._token
        if token is not None:
            self._token = AccessToken(token.value, token.header, seconds, rejected=seconds is None)

    def authorize(self, request: Request) -> Flow:
        """Send a request with the token on; after a 401, once more with a new one."""
        token = self._token
        if token is None or token.is_stale():
            token = yield from self._fresh_token_for(request, "stale")
        response: Response = yield request.with_header("Authorization", token.header)
        if response.status != 401:
            return response
        token.reject()
        if not request.can_replay:
            return response
        attempts = once_more_on(401)
        while attempts.pause_after(response) is not None:
            yield from read_bounded(response)
            token = yield from self._fresh_token_for(request, "refused")
            response = yield request.with_header("Authorization", token.header)
        return response

    def ready_header(self) -> str | None:
        """The header that a request would be sent with now; ``None`` if the token has to be renewed first."""
        token = self._token
        return None if token is None or token.is_stale() else token.header

    def get_authorization_header(self) -> str:
        """The Authorization header, with a token that is fresh now. Blocks while it is renewed.

        :raises GlobusAPIError: if the renewal is refused
        :raises NetworkError: if it cannot be made
        """
        token = self._token
        if token is None or token.is_stale():
            token = driver.run(self._fresh_token(None), _no_requests, [])
        return token.header

    def ensure_valid_token(self) -> None:
        """Renew the token now if it is stale. Blocks, and raises, as :meth:`get_authorization_header` does."""
        self.get_authorization_header()

    def handle_missing_authorization(self) -> bool:
        """Give up the current token after a 401; the next request renews it."""
        token = self._token
        if token is not None:
            token.reject()
        return True

    def _fresh_token_for(self, request: Request, reason: Literal["stale", "refused"]) -> Steps[AccessToken]:
        started = time.monotonic()
        token = yield from self._fresh_token(request.deadline)
        if request.notify is not None:
            request.notify(Renewal(request, reason, time.monotonic() - started))
        return token

    def _fresh_token(self, deadline: float | None) -> Steps[AccessToken]:
        if "_renewal" not in vars(self):
            # Who comes first sets it for all, with no lock that a fork could find held.
            vars(self).setdefault("_renewal", SharedRenewal(self._fetch, self._store, self._adopt, self._store_awaits))
        renewal: SharedRenewal[AccessToken] = vars(self)["_renewal"]
        return renewal.renewed(self._current_if_fresh, deadline)

    def _current_if_fresh(self) -> AccessToken | None:
        token = self._token
        return None if token is None or token.is_stale() else token

    def _fetch(self) -> tuple[ReplyT, AccessToken]:
        reply = self._get_token_response()
        servers = getattr(reply, "by_resource_server", None)
        if not isinstance(servers, Mapping):
            raise GlobusSDKUsageError(
                f"{type(self).__name__}: its auth client answered with {type(reply).__name__}, not a token reply; "
                "give it one that is not Async"
            )
        if len(servers) != 1:
            names = ", ".join(sorted(servers)) or "none"
            raise ReplyFormatError(
                f"{type(self).__name__} needs a token for one resource server, the reply has: {names}. "
                "Ask for scopes of a single service"
            )
        (data,) = servers.values()
        value = data["access_token"]
        self._keep_token_data(data)
        expires_at = data.get("expires_at_seconds")
        lifetime = None if expires_at is None else expires_at - time.time()
        return reply, AccessToken(value, bearer(value), expires_at, lifetime)

    def _store(self, answer: tuple[ReplyT, AccessToken]) -> Run | None:
        return None if self.on_refresh is None else Run(self.on_refresh, answer[0])

    def _store_awaits(self) -> bool:
        return self.on_refresh is not None and runs_coroutine(self.on_refresh)

    def _adopt(self, answer: tuple[ReplyT, AccessToken]) -> AccessToken:
        self._token = answer[1]
        return answer[1]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_renewal"}


def _no_requests(request: Request) -> Response:
    raise AssertionError(f"a renewal sends nothing through the stack, yet it yielded {request!r}")
