"""Retry checks: functions that decide, beside the retry layer, whether a request is sent again.

They are known from globus-sdk. A check never repeats what is not safe to repeat: the layer asks it only about requests
that may be sent again. In a program of one's own, tenacity's conditions (``RetryConfig(retry=...)``) say more.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import attrs

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Response

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_FLAGS = "_retry_check_flags"  # globus-sdk's checks have this attribute


class RetryCheckResult(enum.Enum):
    """What a check decides about an outcome that the layer's own conditions do not repeat.

    ``do_retry`` sends the request again, if that is safe, and ``do_not_retry`` does not. ``no_decision`` asks the next
    check; after the last one the outcome is final.
    """

    do_retry = enum.auto()
    do_not_retry = enum.auto()
    no_decision = enum.auto()


class RetryCheckFlags(enum.Flag):
    """How a check is called: ``RUN_ONCE`` calls it once for a request, and not after its further attempts."""

    NONE = enum.auto()
    RUN_ONCE = enum.auto()


@attrs.frozen(eq=False)
class CheckedResponse:
    """A response, as checks see it, with the attributes of one of ``requests``.

    :ivar own: the response of this package
    """

    own: Response = attrs.field(repr=False)

    @property
    def status_code(self) -> int:
        """The status code."""
        return self.own.status

    @property
    def headers(self) -> Headers:
        """The headers; names in any case."""
        return self.own.headers

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return self.own.reason

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.own.status < 400

    @property
    def url(self) -> str:
        """The URL of the request."""
        return "" if self.own.request is None else str(self.own.request.url)

    @property
    def content(self) -> bytes:
        """The body; empty while it is on the wire."""
        return self.own.body

    @property
    def text(self) -> str:
        """The body as text."""
        return self.own.text

    def json(self) -> Any:
        """The body as JSON.

        :raises ReplyFormatError: if it is none
        """
        return self.own.json()


@attrs.define(eq=False)
class RequestCallerInfo:
    """Who made a request, for checks.

    :ivar retry_config: the settings of the retry layer
    :ivar resource_server: that the request is for; ``None`` if unknown
    :ivar authorizer: of the client; ``None`` if unknown
    """

    retry_config: Any
    resource_server: str | None = None
    authorizer: Any = None


@attrs.define(eq=False)
class RetryContext:
    """One attempt, for a check. It has a response or an exception.

    :ivar attempt: 0 for the first attempt
    :ivar caller_info: who made the request
    :ivar response: has ``status_code``, ``headers`` and ``json()``
    :ivar exception: the ``NetworkError``
    :ivar backoff: seconds to wait before the next attempt; a check may set it
    """

    attempt: int
    caller_info: RequestCallerInfo = attrs.field(kw_only=True)
    response: CheckedResponse | None = attrs.field(default=None, kw_only=True)
    exception: Exception | None = attrs.field(default=None, kw_only=True)
    backoff: float | None = attrs.field(default=None, init=False)


#: A function that looks at an attempt, and decides.
RetryCheck = Callable[[RetryContext], RetryCheckResult]


def set_retry_check_flags(flag: RetryCheckFlags) -> Callable[[FunctionT], FunctionT]:
    """Decorate a check with flags: ``@set_retry_check_flags(RetryCheckFlags.RUN_ONCE)``.

    :param flag: how the check is called
    """

    def decorate(check: FunctionT) -> FunctionT:
        setattr(check, _FLAGS, flag)
        return check

    return decorate


class RetryCheckCollection:
    """Checks in their order, for ``RetryConfig(checks=...)``."""

    def __init__(self) -> None:
        self._checks: list[RetryCheck] = []

    def register_check(self, func: RetryCheck) -> RetryCheck:
        """Add a check. It can be used as a decorator.

        :param func: a check
        """
        self._checks.append(func)
        return func

    def register_many_checks(self, funcs: Iterable[RetryCheck]) -> None:
        """Add several checks.

        :param funcs: checks
        """
        for check in funcs:
            self.register_check(check)

    def __iter__(self) -> Iterator[RetryCheck]:
        return iter(tuple(self._checks))

    def __len__(self) -> int:
        return len(self._checks)


class RetryCheckRunner:
    """Asks the checks about the attempts of one request. The first check that decides is followed.

    :param checks: in their order
    """

    def __init__(self, checks: Iterable[RetryCheck]) -> None:
        self._left = list(checks)

    def should_retry(self, context: RetryContext) -> bool:
        """Whether a check asks for another attempt.

        :param context: the attempt
        """
        for check in tuple(self._left):
            if _name_of(getattr(check, _FLAGS, None)) == RetryCheckFlags.RUN_ONCE.name:
                self._left.remove(check)
            # By name, since the checks of an application of globus-sdk return members of its own enumeration.
            decision = _name_of(check(context))
            if decision != RetryCheckResult.no_decision.name:
                return decision == RetryCheckResult.do_retry.name
        return False


def _name_of(member: Any) -> str | None:
    name: str | None = getattr(member, "name", None)
    return name
