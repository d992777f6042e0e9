"""A ready-made reply, and several of them that belong together. The names are those of globus-sdk's testing part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import attrs
import responses

from globus_transport import config
from globus_transport.exc.base import GlobusSDKUsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    Matcher = Callable[..., tuple[bool, str]]

_METHODS = ("GET", "PUT", "POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE")


def _known_method(_reply: RegisteredResponse, _attribute: Any, method: str) -> None:
    if method not in _METHODS:
        raise GlobusSDKUsageError(f"RegisteredResponse(method={method!r}): give one of {', '.join(_METHODS)}")


def _own_copy(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(metadata or {})


@attrs.define(kw_only=True, eq=False)
class RegisteredResponse:
    """One reply to one request.

    :param path: of the request, below the service's address; or a whole URL
    :param service: whose address it is: ``"auth"``, ``"transfer"`` ...; ``None`` for a whole URL
    :param body: text, or ``json`` instead
    :param json: a document
    :param headers: of the reply
    :param match: matchers of ``responses``, which all have to agree
    :param metadata: what a test wants to know of the reply, such as the ids in it
    :raises GlobusSDKUsageError: if there are a ``body`` and a ``json``, or the method is none
    """

    path: str
    service: str | None = None
    method: str = attrs.field(default="GET", validator=_known_method)
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] | None = None
    json: list[Any] | dict[str, Any] | None = None
    status: int = 200
    stream: bool | None = None
    match: Sequence[Matcher] | None = None
    metadata: dict[str, Any] = attrs.field(factory=dict, converter=_own_copy)

    def __attrs_post_init__(self) -> None:
        if self.body is not None and self.json is not None:
            raise GlobusSDKUsageError("RegisteredResponse: give body= or json=, not both")

    @property
    def full_url(self) -> str:
        """Where the request goes. Settings of the environment count."""
        if self.service is None:
            return self.path
        return f"{config.service_url(self.service).rstrip('/')}/{self.path.lstrip('/')}"

    def add(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register it with ``responses``, or with a mock of one's own, after those for the same request."""
        (requests_mock or responses).add(**self._registration())
        return self

    def replace(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register it in the place of the one for the same request.

        :raises ValueError: if there is none
        """
        registration = self._registration()
        (requests_mock or responses).replace(registration.pop("method"), **registration)
        return self

    def _registration(self) -> dict[str, Any]:
        registration: dict[str, Any] = {"method": self.method, "url": self.full_url, "status": self.status}
        for name in ("body", "json", "headers", "content_type", "stream"):
            value = getattr(self, name)
            if value is not None:
                registration[name] = value
        if self.match is not None:
            registration["match"] = list(self.match)
        return registration


class ResponseList:
    """Replies for the requests that one call makes.

    :param metadata: of all of them together
    """

    def __init__(self, *data: RegisteredResponse, metadata: Mapping[str, Any] | None = None) -> None:
        self.responses = list(data)
        self.metadata = dict(metadata or {})

    def __iter__(self) -> Iterator[RegisteredResponse]:
        return iter(self.responses)

    def add(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register all of them."""
        for one in self.responses:
            one.add(requests_mock=requests_mock)
        return self


class ResponseSet:
    """Replies to one call, one for each case: ``"default"``, an error, a second page ...

    :param metadata: what holds for every case
    """

    def __init__(self, metadata: Mapping[str, Any] | None = None, **kwargs: RegisteredResponse | ResponseList) -> None:
        self.metadata = dict(metadata or {})
        self._cases = kwargs
        for one in kwargs.values():
            one.metadata = {**self.metadata, **one.metadata}

    def lookup(self, case: str) -> RegisteredResponse | ResponseList:
        """One case.

        :raises KeyError: if there is none of that name; it says which there are
        """
        try:
            return self._cases[case]
        except KeyError:
            raise KeyError(f"no case {case!r}; there are: {', '.join(self._cases)}") from None

    def cases(self) -> Iterator[str]:
        """The names of the cases."""
        return iter(self._cases)

    def __iter__(self) -> Iterator[RegisteredResponse | ResponseList]:
        return iter(self._cases.values())

    def __bool__(self) -> bool:
        return bool(self._cases)

    def activate(
        self, case: str, *, requests_mock: responses.RequestsMock | None = None
    ) -> RegisteredResponse | ResponseList:
        """Register one case."""
        return self.lookup(case).add(requests_mock=requests_mock)

    def activate_all(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register every case."""
        for one in self:
            one.add(requests_mock=requests_mock)
        return self

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Mapping[str, Any]], metadata: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> ResponseSet:
        """A set from documents: the parameters of a :class:`RegisteredResponse` by the name of the case.

        :param kwargs: parameters that all of them have
        """
        return cls(metadata, **{case: RegisteredResponse(**{**kwargs, **one}) for case, one in data.items()})
