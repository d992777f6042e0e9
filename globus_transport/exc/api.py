"""The exception for a service that answered with an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from globus_transport.exc.base import GlobusError, ReplyFormatError
from globus_transport.exc.documents import ErrorDocument, ErrorSubdocument, read_error
from globus_transport.exc.err_info import ErrorInfoContainer
from globus_transport.http.headers import SECRET_NAMES, Headers
from globus_transport.http.messages import Response
from globus_transport.http.response_like import ResponseLike, response_from

_LONGEST_TEXT = 500


class GlobusAPIError(GlobusError):
    """The service answered with status 400 or above.

    :param r: the response; in a test also one of ``requests``
    :ivar http_status: the status code
    :ivar code: the service's word for what went wrong, if it gave one
    :ivar messages: its explanations
    :ivar errors: the single errors; of a document that lists none, the document itself
    :ivar request_id: what the service's operators find the call by
    :ivar method: of the request that was refused, if it is known
    :ivar url: the same; without secrets
    """

    #: Where a service keeps the text of an error; the first that is there counts.
    MESSAGE_FIELDS: Sequence[str] = ("message", "detail", "title")

    http_status: int
    code: str | None
    messages: list[str]
    errors: list[ErrorSubdocument]
    request_id: str | None

    def __init__(self, r: Response | ResponseLike) -> None:
        if not isinstance(r, Response):
            r = response_from(r)
        self._response = without_secrets(r)
        self.http_status = r.status
        self.method = r.request.method if r.request is not None else None
        self.url = r.request.url.redacted() if r.request is not None else None
        read = self._read()
        self.code = read.code
        self.messages = read.messages
        self.errors = read.errors
        self.request_id = read.request_id
        super().__init__(self.http_status, self.code, self.message)

    @classmethod
    def from_response(cls, response: Response) -> Self:
        """The exception for a response; what the errors layer raises."""
        return cls(response)

    def _read(self) -> ErrorDocument:
        """Read the error document. For a service whose errors look different."""
        kind = _media_type(self.content_type)
        return read_error(
            self.raw_json, is_json_api=kind == "application/vnd.api+json", message_fields=self.MESSAGE_FIELDS
        )

    @property
    def message(self) -> str | None:
        """The explanations in one text."""
        return "; ".join(self.messages) if self.messages else None

    @property
    def raw_json(self) -> dict[str, Any] | None:
        """The JSON object that was sent; ``None`` if the body is something else."""
        if not _is_json(_media_type(self.content_type)):
            return None
        try:
            document = self._response.json()
        except ReplyFormatError:
            return None
        return document if isinstance(document, dict) else None

    @property
    def info(self) -> ErrorInfoContainer:
        """What the error says about getting past it."""
        return ErrorInfoContainer.of(self.raw_json or {})

    @property
    def text(self) -> str:
        """The body as text, at most its first MiB."""
        return self._response.text

    @property
    def binary_content(self) -> bytes:
        """The body's bytes, at most the first MiB."""
        return self._response.body

    @property
    def headers(self) -> Headers:
        """The response headers; names in any case."""
        return self._response.headers

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self._response.headers.get("Content-Type")

    @property
    def http_reason(self) -> str:
        """The reason phrase, which may be empty."""
        return self._response.reason

    def __str__(self) -> str:
        code = f" {self.code}" if self.code else f" {self.http_reason}" if self.http_reason else ""
        return f"{self.http_status}{code}: {self.message or self._shortened()}{self._where()}"

    def _where(self) -> str:
        details = [] if self.method is None else [f"{self.method} {self.url}"]
        if self.request_id is not None:
            details.append(f"request id {self.request_id}")
        return f" ({', '.join(details)})" if details else ""

    def _shortened(self) -> str:
        text = " ".join(self.text.split())
        if not text:
            return "the service gave no reason"
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.http_status} {self.code}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (type(self), vars(self)))


def _unpickled(cls: type[GlobusAPIError], state: dict[str, Any]) -> GlobusAPIError:
    error = cls.__new__(cls)
    vars(error).update(state)
    error.args = (error.http_status, error.code, error.message)
    return error


def without_secrets(response: Response) -> Response:
    """The response as an exception may keep it: its request holds the credential."""
    headers = response.headers.without(*SECRET_NAMES)
    return Response(response.status, headers, response.body, None, response.reason, None, response.truncated)


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
