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

import attrs

from globus_transport.exc.base import GlobusError, GlobusSDKUsageError
from globus_transport.http.headers import Headers, Pair
from globus_transport.http.messages import Request, Response
from globus_transport.http.repeated import hidden_in, hidden_in_bytes, secrets_of
from globus_transport.middleware.redaction import Redaction, encode_body, format_json

FORMAT = "globus_transport cassette, version 1"

#: They describe the transmission; the recorded body is decoded and complete.
_FRAMING_HEADERS = ("Connection", "Content-Encoding", "Content-Length", "Keep-Alive", "Trailer", "Transfer-Encoding")
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
        hidden = hide_credential(request, fields, redaction)
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
    truncated: bool = False

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
        hidden = hide_credential(request, fields, redaction)
        pairs = tuple((name, value) for name, value in hidden["headers"])
        return cls(recorded_request, response.status, hidden["reason"], pairs, hidden["body"], response.truncated)

    def make_response(self, request: Request) -> Response:
        """Make the response to this request."""
        headers, body = Headers.received(self.headers), encode_body(self.body)
        return Response(self.status, headers, body, None, self.reason, request, self.truncated)

    def to_document(self) -> dict[str, Any]:
        """The JSON document for the file."""
        request = {"method": self.request.method, "url": self.request.url, "body": self.request.body}
        headers = [list(pair) for pair in self.headers]
        response: dict[str, Any] = {"status": self.status, "reason": self.reason, "headers": headers, "body": self.body}
        if self.truncated:
            response["truncated"] = True
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
            bool(response.get("truncated")),
        )


def hide_credential(request: Request, fields: dict[str, Any], redaction: Redaction) -> dict[str, Any]:
    """Hide the secrets of the request in the fields, because a service may repeat them."""
    secrets = secrets_of(request, redaction.more)
    if not secrets:
        return fields
    body = {"body": _hide_in_body(secrets, fields["body"])} if fields["body"] else {}
    return {name: _hide(secrets, value) for name, value in fields.items()} | body


def _hide_in_body(secrets: Sequence[str], body: Mapping[str, Any]) -> dict[str, Any]:
    if "base64" not in body:
        return {kind: _hide(secrets, content) for kind, content in body.items()}
    content = hidden_in_bytes(secrets, encode_body(body))
    return {"base64": base64.b64encode(content).decode("ascii")}


def _hide(secrets: Sequence[str], value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_hide(secrets, name): _hide(secrets, member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hide(secrets, item) for item in value]
    text = str(value)
    hidden = hidden_in(secrets, text)
    # A number stays a number, unless it contains a secret.
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
