"""What a cassette holds: requests with their answers, less the secrets, in a JSON file that people can read."""

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
from globus_transport.middleware.cassette.redaction import Redaction, bytes_of, json_text

FORMAT = "globus_transport cassette, version 1"

#: Of the bytes on the wire; the body that is kept is decoded and whole.
_FRAMING = ("Connection", "Content-Encoding", "Content-Length", "Keep-Alive", "Trailer", "Transfer-Encoding")
_SHORTEST_CREDENTIAL = 8
_MOST_LINES = 20
_MOST_TEXT = 300


class NotRecordedError(GlobusError):
    """A request that a cassette has no answer to, or none any more. Nothing was sent."""


@attrs.frozen
class Sent:
    """A request as it is written down and compared: without secrets, and without headers.

    :ivar body: as :meth:`Redaction.request_body` describes it
    """

    method: str
    url: str
    body: Mapping[str, Any] | None

    @classmethod
    def of(cls, request: Request, redaction: Redaction) -> Sent:
        """What is written down of a request."""
        facts = {"url": redaction.url(request.url), "body": redaction.request_body(request)}
        hidden = without_credential(request, facts)
        return cls(request.method, hidden["url"], hidden["body"])

    def key(self, parts: Iterable[str]) -> str:
        """What is equal for requests that match in these parts."""
        return json.dumps([getattr(self, part) for part in parts], sort_keys=True)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@attrs.frozen
class Recorded:
    """A request and its answer."""

    sent: Sent
    status: int
    reason: str
    headers: tuple[Pair, ...]
    body: Mapping[str, Any]

    @classmethod
    def of(cls, sent: Sent, request: Request, response: Response, redaction: Redaction) -> Recorded:
        """What is written down of an answer."""
        headers = response.headers
        if request.method != "HEAD":
            headers = headers.without(*_FRAMING)
        facts = {
            "reason": response.reason,
            "headers": redaction.headers(headers),
            "body": redaction.body(response.body, headers.get("Content-Type", "")),
        }
        hidden = without_credential(request, facts)
        pairs = tuple((name, value) for name, value in hidden["headers"])
        return cls(sent, response.status, hidden["reason"], pairs, hidden["body"])

    def response(self, request: Request) -> Response:
        """The answer, given to this request."""
        return Response(self.status, Headers.received(self.headers), bytes_of(self.body), None, self.reason, request)

    def document(self) -> dict[str, Any]:
        """As it stands in the file."""
        request = {"method": self.sent.method, "url": self.sent.url, "body": self.sent.body}
        headers = [list(pair) for pair in self.headers]
        response = {"status": self.status, "reason": self.reason, "headers": headers, "body": self.body}
        return {"request": request, "response": response}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Recorded:
        """:raises ValueError, KeyError, TypeError: if it is none"""
        request, response = document["request"], document["response"]
        bytes_of(response["body"])
        return cls(
            Sent(str(request["method"]), str(request["url"]), request["body"]),
            int(response["status"]),
            str(response["reason"]),
            Headers([(name, value) for name, value in response["headers"]]).pairs,
            response["body"],
        )


def without_credential(request: Request, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts without the request's own credential, wherever a service repeats it."""
    spellings = {text for one in _credentials(request) if len(one) >= _SHORTEST_CREDENTIAL for text in _spellings(one)}
    # The longest first: it may hold another one.
    ordered = sorted(spellings, key=lambda text: (-len(text), text))
    if not ordered:
        return facts
    body = {"body": _without_in_body(ordered, facts["body"])} if facts["body"] else {}
    return {name: _without(ordered, fact) for name, fact in facts.items()} | body


def _credentials(request: Request) -> list[str]:
    """What the Authorization header holds, and the secret in it if it is a Basic one (RFC 7617)."""
    scheme, _, credential = request.headers.get("Authorization", "").rpartition(" ")
    if scheme.strip().lower() != "basic":
        return [credential]
    try:
        secret = base64.b64decode(credential, validate=True).partition(b":")[2]
    except ValueError:  # It is none.
        return [credential]
    # Which of the two it is in is left open.
    texts = [secret.decode("utf-8", "replace"), secret.decode("latin-1")]
    # In OAuth 2 it is quoted before it gets there (RFC 6749, section 2.3.1).
    return [credential, *texts, *map(unquote_plus, texts)]


def _spellings(credential: str) -> list[str]:
    """A credential as it stands, in a URL, and in a JSON document that is part of a text."""
    in_json = [json.dumps(credential, ensure_ascii=escaped)[1:-1] for escaped in (True, False)]
    in_url = [quote(credential, safe, errors="replace") for safe in ("/", "")]
    return [credential, *in_url, quote_plus(credential, errors="replace"), *in_json]


def _without_in_body(credentials: Sequence[str], body: Mapping[str, Any]) -> dict[str, Any]:
    if "base64" not in body:
        return {kind: _without(credentials, content) for kind, content in body.items()}
    content = bytes_of(body)
    for credential in credentials:
        content = content.replace(credential.encode("utf-8", "replace"), HIDDEN.encode())
    return {"base64": base64.b64encode(content).decode("ascii")}


def _without(credentials: Sequence[str], value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_without(credentials, name): _without(credentials, one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(credentials, one) for one in value]
    text = str(value)
    hidden = text
    for credential in credentials:
        hidden = hidden.replace(credential, HIDDEN)
    # A number may be one, too.
    return value if hidden == text else hidden


class Player:
    """Gives the answers of a file, each once, in the order in which they were recorded. Safe to share by threads.

    :raises GlobusSDKUsageError: if there is no such file, or it is no cassette
    """

    def __init__(self, path: Path, parts: tuple[str, ...]) -> None:
        self.path = path
        self.parts = parts
        self.all = _read(path)
        self._left: dict[str, deque[Recorded]] = {}
        for recorded in self.all:
            self._left.setdefault(recorded.sent.key(parts), deque()).append(recorded)

    def play(self, sent: Sent) -> Recorded:
        """:raises NotRecordedError: if there is no answer to it"""
        try:
            return self._left[sent.key(self.parts)].popleft()
        except LookupError:
            raise NotRecordedError(self._why_not(sent)) from None

    def _why_not(self, sent: Sent) -> str:
        key = sent.key(self.parts)
        same = [recorded for recorded in self.all if recorded.sent.key(self.parts) == key]
        if same:
            text = f"{sent}: {self.path} has {len(same)} of these, and each was given already."
        else:
            text = f"{sent} is not in {self.path}."
            for recorded in self.all:
                if str(recorded.sent) == str(sent):
                    text += f"\nThis one has another body, {_short(recorded.sent.body)} instead of {_short(sent.body)}."
                    break
        lines = [f"  {recorded.sent} -> {recorded.status}" for recorded in self.all]
        if len(lines) > _MOST_LINES:
            lines[_MOST_LINES:] = [f"  and {len(lines) - _MOST_LINES} more"]
        return "\n".join([text, "It holds:", *(lines or ["  nothing"]), "To record it anew, delete the file."])


def _short(body: Mapping[str, Any] | None) -> str:
    text = "none" if body is None else json_text(next(iter(body.values()), None))
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}..."


class Recorder:
    """Writes a file anew whenever something was added. Safe to share by threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._recorded: list[Recorded] = []
        self._written = 0
        self._writing = threading.Lock()

    def add(self, recorded: Recorded) -> None:
        """Keep it, and write the file, unless someone is at it, who will then write once more.

        :raises OSError: if the file cannot be written
        """
        self._recorded.append(recorded)
        while self._written < len(self._recorded):
            if not self._writing.acquire(blocking=False):
                return
            try:
                recorded_now = list(self._recorded)
                _write(self.path, recorded_now)
                self._written = len(recorded_now)
            finally:
                self._writing.release()


def _read(path: Path) -> list[Recorded]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise GlobusSDKUsageError(f"there is no cassette {path}; record it first, with mode='auto'") from None
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}")
        return [Recorded.from_document(one) for one in document["calls"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise GlobusSDKUsageError(
            f"{path} is no cassette of {FORMAT!r}: {type(error).__name__}: {error}. To record it anew, delete it"
        ) from error


def _write(path: Path, recorded: list[Recorded]) -> None:
    document = {"format": FORMAT, "calls": [one.document() for one in recorded]}
    text = json_text(document, indent=2) + "\n"
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
