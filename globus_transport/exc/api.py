"""The exception for a response that reports an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from globus_transport import exc, http
from globus_transport.exc.base import GlobusError, ReplyFormatError
from globus_transport.http.headers import SECRET_NAMES, Headers
from globus_transport.http.messages import Response
from globus_transport.http.redacted_documents import hidden_in_members
from globus_transport.http.repeated import hidden_in, hidden_in_bytes, secrets_of
from globus_transport.http.response_like import ResponseLike, response_from

if TYPE_CHECKING:
    from globus_transport.exc.documents import ErrorDocument, ErrorSubdocument
    from globus_transport.exc.err_info import ErrorInfoContainer

_LONGEST_TEXT = 500


class GlobusAPIError(GlobusError):
    """The service responded with status 400 or above.

    :param r: the response; in a test also a response of ``requests``
    :ivar http_status: the status code
    :ivar code: the service's code for the error; ``None`` if it gave none
    :ivar messages: the service's explanations
    :ivar errors: the single errors; for a document without a list ``errors``, the document itself
    :ivar request_id: identifies the call in the service's logs; ``None`` if unknown
    :ivar method: the HTTP method of the request; ``None`` if unknown
    :ivar url: the URL of the request, without secrets; ``None`` if unknown
    """

    #: Names of the fields that may hold the text of an error. The first one that holds text is used.
    MESSAGE_FIELDS: Sequence[str] = ("message", "detail", "title")

    http_status: int
    code: str | None
    messages: list[str]
    errors: list[ErrorSubdocument]
    request_id: str | None

    def __init__(self, r: Response | ResponseLike) -> None:
        if not isinstance(r, Response):
            r = response_from(r)
        self._response = remove_secrets(r)
        self.http_status = r.status
        self.method = r.request.method if r.request is not None else None
        self.url = r.request.url.redacted() if r.request is not None else None
        document = self._read()
        self.code = document.code
        self.messages = document.messages
        self.errors = document.errors
        self.request_id = document.request_id
        super().__init__(self.http_status, self.code, self.message)

    @classmethod
    def from_response(cls, response: Response) -> Self:
        """Make the exception that the errors layer raises. A service may choose a subclass by the response.

        :param response: an unsuccessful response
        """
        return cls(response)

    def _read(self) -> ErrorDocument:
        """Read the error document. The errors of a service with its own document format override this."""
        is_json_api = _parse_media_type(self.content_type) == "application/vnd.api+json"
        return exc.documents.read_error(self.raw_json, is_json_api=is_json_api, message_fields=self.MESSAGE_FIELDS)

    @property
    def message(self) -> str | None:
        """The explanations as one text; ``None`` if there are none."""
        return "; ".join(self.messages) if self.messages else None

    @property
    def raw_json(self) -> dict[str, Any] | None:
        """The body's JSON object; ``None`` if the body is not a JSON object."""
        if not _is_json(_parse_media_type(self.content_type)):
            return None
        try:
            document = self._response.json()
        except ReplyFormatError:
            return None
        return document if isinstance(document, dict) else None

    @property
    def info(self) -> ErrorInfoContainer:
        """The consents or the login that the service requires, if it names any."""
        return exc.err_info.ErrorInfoContainer.from_document(self.raw_json or {})

    @property
    def text(self) -> str:
        """The body as text, at most the first MiB."""
        return self._response.text

    @property
    def binary_content(self) -> bytes:
        """The body's bytes, at most the first MiB."""
        return self._response.body

    @property
    def headers(self) -> Headers:
        """The response headers. Names are case-insensitive."""
        return self._response.headers

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self._response.headers.get("Content-Type")

    @property
    def http_reason(self) -> str:
        """The reason phrase of the status line; may be empty."""
        return self._response.reason

    def __str__(self) -> str:
        code = f" {self.code}" if self.code else f" {self.http_reason}" if self.http_reason else ""
        return f"{self.http_status}{code}: {self.message or self._shorten_text()}{self._describe_call()}"

    def _describe_call(self) -> str:
        details = [] if self.method is None else [f"{self.method} {self.url}"]
        if self.request_id is not None:
            details.append(f"request id {self.request_id}")
        return f" ({', '.join(details)})" if details else ""

    def _shorten_text(self) -> str:
        text = " ".join(self.text.split())
        if not text:
            return "the service gave no reason"
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.http_status} {self.code}>"

    def _html_rows(self) -> list[tuple[str, str]]:
        request = "" if self.method is None else f"{self.method} {self.url}"
        document = self.raw_json
        body = self._shorten_text() if document is None else http.html_documents.value_cell(document)
        rows = [
            ("status", f"{self.http_status} {self.http_reason}".rstrip()),
            ("code", self.code or ""),
            ("message", self.message or ""),
            ("request", request),
            ("request id", self.request_id or ""),
            ("body", hidden_in_members(body) if document is None else body),
        ]
        return [row for row in rows if row[1]]

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild_api_error, (type(self), vars(self)))


def _rebuild_api_error(cls: type[GlobusAPIError], state: dict[str, Any]) -> GlobusAPIError:
    error = cls.__new__(cls)
    vars(error).update(state)
    error.args = (error.http_status, error.code, error.message)
    return error


def remove_secrets(response: Response) -> Response:
    """Copy a response without its secret headers, without its request, and without what it repeats of its secrets."""
    headers = response.headers.without(*SECRET_NAMES)
    body, reason = response.body, response.reason
    if response.request is not None and (secrets := secrets_of(response.request)):
        headers = Headers.received([(name, hidden_in(secrets, value)) for name, value in headers.pairs])
        body, reason = hidden_in_bytes(secrets, body), hidden_in(secrets, reason)
    return Response(response.status, headers, body, None, reason, None, response.truncated)


def _parse_media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
