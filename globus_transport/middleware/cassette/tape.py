"""The file of a cassette: requests and their responses without secrets, in readable JSON."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

import attrs

from globus_transport.exc.base import GlobusError, GlobusSDKUsageError
from globus_transport.http.headers import Headers, Pair
from globus_transport.http.messages import Request, Response
from globus_transport.http.secrets import HIDDEN
from globus_transport.middleware.redaction import Redaction, encode_body, format_json

FORMAT = "globus_transport cassette, version 1"

#: They describe the transmission; the recorded body is decoded and complete.
_FRAMING_HEADERS = ("Connection", "Content-Encoding", "Content-Length", "Keep-Alive", "Trailer", "Transfer-Encoding")
#: A shorter text is not searched for in a response: it could stand there by chance.
_MIN_CREDENTIAL_LENGTH = 8
_MAX_LINES = 20
_MAX_BODY_TEXT = 300


class NotRecordedError(GlobusError):
    """The cassette has no response to the request, or has replayed all of them. The request was not sent."""


@attrs.frozen
class RecordedRequest:
    """A request as it is recorded and compared: without secrets and without headers.

    :ivar body: as :meth:`Redaction.describe_request_body` returns it
    """

    method: str
    url: str
    body: Mapping[str, Any] | None

    @classmethod
    def from_request(cls, request: Request, redaction: Redaction) -> RecordedRequest:
        """Make it from a request."""
        fields = {"url": redaction.redact_url(request.url), "body": redaction.describe_request_body(request)}
        hidden = hide_credential(request, fields)
        return cls(request.method, hidden["url"], hidden["body"])

    def key(self, parts: Iterable[str]) -> str:
        """A text that is equal for requests that are equal in these parts."""
        return json.dumps([getattr(self, part) for part in parts], sort_keys=True)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@attrs.frozen
class RecordedCall:
    """A request and its response."""

    request: RecordedRequest
    status: int
    reason: str
    headers: tuple[Pair, ...]
    body: Mapping[str, Any]

    @classmethod
    def from_response(
        cls, recorded_request: RecordedRequest, request: Request, response: Response, redaction: Redaction
    ) -> RecordedCall:
        """Make it from a response and its request."""
        headers = response.headers
        if request.method != "HEAD":
            headers = headers.without(*_FRAMING_HEADERS)
        fields = {
            "reason": response.reason,
            "headers": redaction.redact_headers(headers),
            "body": redaction.describe_body(response.body, headers.get("Content-Type", "")),
        }
        hidden = hide_credential(request, fields)
        pairs = tuple((name, value) for name, value in hidden["headers"])
        return cls(recorded_request, response.status, hidden["reason"], pairs, hidden["body"])

    def make_response(self, request: Request) -> Response:
        """Make the response to this request."""
        return Response(self.status, Headers.received(self.headers), encode_body(self.body), None, self.reason, request)

    def to_document(self) -> dict[str, Any]:
        """The JSON document for the file."""
        request = {"method": self.request.method, "url": self.request.url, "body": self.request.body}
        headers = [list(pair) for pair in self.headers]
        response = {"status": self.status, "reason": self.reason, "headers": headers, "body": self.body}
        return {"request": request, "response": response}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> RecordedCall:
        """Make it from a JSON document of the file.

        :raises ValueError, KeyError, TypeError: if the document has another form
        """
        request, response = document["request"], document["response"]
        # Raises for a body that could not be replayed.
        encode_body(response["body"])
        return cls(
            RecordedRequest(str(request["method"]), str(request["url"]), request["body"]),
            int(response["status"]),
            str(response["reason"]),
            Headers([(name, value) for name, value in response["headers"]]).pairs,
            response["body"],
        )


def hide_credential(request: Request, fields: dict[str, Any]) -> dict[str, Any]:
    """Hide the credential of the request in the fields, because a service may repeat it."""
    spellings = {
        spelling
        for credential in _credentials_of(request)
        if len(credential) >= _MIN_CREDENTIAL_LENGTH
        for spelling in _spellings_of(credential)
    }
    # The longest first, because it may contain a shorter one.
    ordered = sorted(spellings, key=lambda text: (-len(text), text))
    if not ordered:
        return fields
    body = {"body": _hide_in_body(ordered, fields["body"])} if fields["body"] else {}
    return {name: _hide(ordered, value) for name, value in fields.items()} | body


def _credentials_of(request: Request) -> list[str]:
    """The credential in the Authorization header; for Basic authentication (RFC 7617) also the password in it."""
    scheme, _, credential = request.headers.get("Authorization", "").rpartition(" ")
    if scheme.strip().lower() != "basic":
        return [credential]
    try:
        secret = base64.b64decode(credential, validate=True).partition(b":")[2]
    except ValueError:
        # It is not Base64.
        return [credential]
    # The encoding is not defined (RFC 7617, section 2.1).
    texts = [secret.decode("utf-8", "replace"), secret.decode("latin-1")]
    # OAuth 2 clients encode the secret as in a form first (RFC 6749, section 2.3.1).
    return [credential, *texts, *map(unquote_plus, texts)]


def _spellings_of(credential: str) -> list[str]:
    """A credential as it is, as it is encoded in a URL, and as it is escaped in a JSON document."""
    in_json = [json.dumps(credential, ensure_ascii=escaped)[1:-1] for escaped in (True, False)]
    in_url = [quote(credential, safe, errors="replace") for safe in ("/", "")]
    return [credential, *in_url, quote_plus(credential, errors="replace"), *in_json]


def _hide_in_body(credentials: Sequence[str], body: Mapping[str, Any]) -> dict[str, Any]:
    if "base64" not in body:
        return {kind: _hide(credentials, content) for kind, content in body.items()}
    content = encode_body(body)
    for credential in credentials:
        content = content.replace(credential.encode("utf-8", "replace"), HIDDEN.encode())
    return {"base64": base64.b64encode(content).decode("ascii")}


def _hide(credentials: Sequence[str], value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_hide(credentials, name): _hide(credentials, member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hide(credentials, item) for item in value]
    text = str(value)
    hidden = text
    for credential in credentials:
        hidden = hidden.replace(credential, HIDDEN)
    # A number stays a number, unless it contains a credential.
    return value if hidden == text else hidden


class Player:
    """Replays the responses of a file, each once, in the order of the recording. Threads may share it.

    :param parts: the parts of a request that are compared
    :raises GlobusSDKUsageError: if the file does not exist or is not a cassette
    """

    def __init__(self, path: Path, parts: tuple[str, ...]) -> None:
        self.path = path
        self.parts = parts
        self.calls = _read_calls(path)
        self._remaining: dict[str, deque[RecordedCall]] = {}
        for call in self.calls:
            self._remaining.setdefault(call.request.key(parts), deque()).append(call)

    def play(self, request: RecordedRequest) -> RecordedCall:
        """Take the next recorded call with this request.

        :raises NotRecordedError: if there is none
        """
        try:
            return self._remaining[request.key(self.parts)].popleft()
        except LookupError:
            raise NotRecordedError(self._explain_missing(request)) from None

    def _explain_missing(self, request: RecordedRequest) -> str:
        key = request.key(self.parts)
        count = sum(call.request.key(self.parts) == key for call in self.calls)
        if count:
            text = f"{request}: {self.path} has {count} of these, and each was given already."
        else:
            text = f"{request} is not in {self.path}."
            for call in self.calls:
                if str(call.request) == str(request):
                    recorded, given = _shorten(call.request.body), _shorten(request.body)
                    text += f"\nThis one has another body, {recorded} instead of {given}."
                    break
        lines = [f"  {call.request} -> {call.status}" for call in self.calls]
        if len(lines) > _MAX_LINES:
            lines[_MAX_LINES:] = [f"  and {len(lines) - _MAX_LINES} more"]
        return "\n".join([text, "It holds:", *(lines or ["  nothing"]), "To record it again, delete the file."])


def _shorten(body: Mapping[str, Any] | None) -> str:
    text = "none" if body is None else format_json(next(iter(body.values()), None))
    return text if len(text) <= _MAX_BODY_TEXT else f"{text[:_MAX_BODY_TEXT]}..."


class Recorder:
    """Records calls, and writes the whole file after each of them. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._calls: list[RecordedCall] = []
        self._written = 0
        self._writing = threading.Lock()

    def add(self, call: RecordedCall) -> None:
        """Add a call and write the file. If another thread is writing it, that thread writes it again.

        :raises OSError: if the file cannot be written
        """
        self._calls.append(call)
        while self._written < len(self._calls):
            if not self._writing.acquire(blocking=False):
                return
            try:
                calls = list(self._calls)
                _write_calls(self.path, calls)
                self._written = len(calls)
            finally:
                self._writing.release()


def _read_calls(path: Path) -> list[RecordedCall]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise GlobusSDKUsageError(f"there is no cassette {path}; record it first, with mode='auto'") from None
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}")
        return [RecordedCall.from_document(call) for call in document["calls"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise GlobusSDKUsageError(
            f"{path} is no cassette of {FORMAT!r}: {type(error).__name__}: {error}. To record it again, delete it"
        ) from error


def _write_calls(path: Path, calls: list[RecordedCall]) -> None:
    document = {"format": FORMAT, "calls": [call.to_document() for call in calls]}
    text = format_json(document, indent=2) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
