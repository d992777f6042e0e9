"""Ready-made replies and sets of them. The public names are those of ``globus_sdk.testing``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import attrs
import responses

from globus_transport import config
from globus_transport.exc.base import GlobusSDKUsageError

#: A matcher of ``responses``.
Matcher = Callable[..., tuple[bool, str]]

#: The endpoint that replies of Globus Connect Server are for, as in globus-sdk.
GCS_URL = "https://abc.xyz.data.globus.org/api/"

_METHODS = ("GET", "PUT", "POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE")


def _to_upper(method: str) -> str:
    return str(method).upper()


def _check_method(_reply: RegisteredResponse, _attribute: Any, method: str) -> None:
    if method not in _METHODS:
        raise GlobusSDKUsageError(f"RegisteredResponse(method={method!r}): give one of {', '.join(_METHODS)}")


def _copy_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(metadata or {})


@attrs.define(kw_only=True, eq=False)
class RegisteredResponse:
    """A reply to one request.

    :param path: of the request, relative to the service's base URL; without ``service``, a full URL
    :param service: ``"auth"``, ``"transfer"`` and so on; ``"gcs"`` for the endpoint ``abc.xyz.data.globus.org``;
        ``None`` if ``path`` is a full URL
    :param method: in upper or lower case
    :param body: text; not together with ``json``
    :param content_type: of the reply
    :param headers: of the reply
    :param json: a document; not together with ``body``
    :param status: of the reply
    :param stream: as in ``responses``
    :param match: matchers of ``responses``; a request must pass all of them
    :param metadata: data about the reply for tests, such as the ids in it
    :raises GlobusSDKUsageError: if both ``body`` and ``json`` are given, or the method is unknown
    """

    path: str
    service: str | None = None
    method: str = attrs.field(default="GET", converter=_to_upper, validator=_check_method)
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] | None = None
    json: list[Any] | dict[str, Any] | str | None = None
    status: int = 200
    stream: bool | None = None
    match: Sequence[Matcher] | None = None
    metadata: dict[str, Any] = attrs.field(factory=dict, converter=_copy_metadata)

    def __attrs_post_init__(self) -> None:
        if self.body is not None and self.json is not None:
            raise GlobusSDKUsageError("RegisteredResponse: give body= or json=, not both")

    @property
    def full_url(self) -> str:
        """The URL of the request. Environment variables for service URLs are considered."""
        if self.service is None:
            return self.path
        base_url = GCS_URL if self.service == "gcs" else config.service_url(self.service)
        return f"{base_url.rstrip('/')}/{self.path.lstrip('/')}"

    def add(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register the reply, after earlier replies to the same request.

        :param requests_mock: the mock to register with; by default the mock that ``@responses.activate`` activates
        """
        (requests_mock or responses).add(**self._registration())
        return self

    def replace(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register the reply in place of the registered reply to the same request.

        :param requests_mock: as for :meth:`add`
        :raises ValueError: if no reply to this request is registered
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
    """The replies to the requests of one call.

    :param data: the replies
    :param metadata: data about all of them, for tests
    """

    def __init__(self, *data: RegisteredResponse, metadata: Mapping[str, Any] | None = None) -> None:
        self.responses = list(data)
        self.metadata = dict(metadata or {})

    def __iter__(self) -> Iterator[RegisteredResponse]:
        return iter(self.responses)

    def add(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register all replies.

        :param requests_mock: the mock to register with; by default the one that is active
        """
        for response in self.responses:
            response.add(requests_mock=requests_mock)
        return self


class ResponseSet:
    """Replies to one call, one for each case: ``"default"``, an error, a second page and so on.

    :param metadata: data for tests that applies to every case
    :param kwargs: the replies, by case
    """

    def __init__(self, metadata: Mapping[str, Any] | None = None, **kwargs: RegisteredResponse | ResponseList) -> None:
        self.metadata = dict(metadata or {})
        self._cases = kwargs
        for reply in kwargs.values():
            self._complete_metadata(reply)

    def _complete_metadata(self, reply: RegisteredResponse | ResponseList) -> None:
        reply.metadata = {**self.metadata, **reply.metadata}

    def register(self, case: str, value: RegisteredResponse | ResponseList) -> None:
        """Add a case, or replace it.

        :param case: the name of the case
        :param value: the reply, or several
        """
        self._complete_metadata(value)
        self._cases[case] = value

    def lookup(self, case: str) -> RegisteredResponse | ResponseList:
        """The reply of a case.

        :param case: the name of the case
        :raises KeyError: if there is no such case; the message lists the cases
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
        """Register one case.

        :param case: the name of the case
        :param requests_mock: the mock to register with; by default the one that is active
        """
        return self.lookup(case).add(requests_mock=requests_mock)

    def activate_all(self, *, requests_mock: responses.RequestsMock | None = None) -> Self:
        """Register every case.

        :param requests_mock: the mock to register with; by default the one that is active
        """
        for reply in self:
            reply.add(requests_mock=requests_mock)
        return self

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]],
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> ResponseSet:
        """Make a set from the parameters of a :class:`RegisteredResponse` for each case, or of several in a list.

        :param data: the parameters of the replies, by case
        :param kwargs: parameters of all replies
        """

        def make(fields: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> RegisteredResponse | ResponseList:
            if isinstance(fields, Mapping):
                return RegisteredResponse(**{**kwargs, **fields})
            return ResponseList(*(RegisteredResponse(**{**kwargs, **each}) for each in fields))

        return cls(metadata, **{case: make(fields) for case, fields in data.items()})
