"""What may be kept, for how long, and for which request: RFC 9111 for a cache that serves one program.

Own rules, because the ones that hishel 2.0 has don't ask for what a caller says (``max-age``, ``no-store``,
``only-if-cached``), nor for a response's ``Age``, and never let one without a ``Date`` grow stale. No freshness is
guessed here (section 4.2.2): what a service says nothing about is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.utils import mktime_tz, parsedate_tz
from hashlib import blake2b

import attrs

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response

#: Those that a cache may keep without being told more (RFC 9110, section 15.1), less 206.
KEPT_STATUSES = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
#: A request with one of these is between the caller and the service.
NOT_FOR_A_CACHE = frozenset(
    {"range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}
)
_OF_THE_CONNECTION = ("Connection", "Keep-Alive", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade")
#: These say something of the body, and a 304 has none (RFC 9111, section 3.2).
_OF_THE_BODY = ("Content-Encoding", "Content-Length", "Content-Range", "Content-Type")
_LONGEST = 1 << 31


def directives(headers: Headers) -> Mapping[str, str | None]:
    """The directives of ``Cache-Control`` (RFC 9111, section 5.2), or what an old ``Pragma`` says."""
    text = headers.get("Cache-Control")
    if text is None:
        return {"no-cache": None} if "no-cache" in headers.get("Pragma", "").lower() else {}
    found: dict[str, str | None] = {}
    for part in _split(text):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        argument = value.strip().strip('"') if equals else None
        # Where a service contradicts itself, neither is taken: the answer counts as stale.
        found[name] = argument if found.get(name, argument) == argument else ""
    return found


def _split(text: str) -> Iterable[str]:
    if '"' not in text:
        return text.split(",")
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def seconds(text: str | None) -> int:
    """A number of seconds; 0 if it is none (RFC 9111, section 1.2.2)."""
    # isdigit() alone would take digits that are not ASCII.
    if text is None or not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text), _LONGEST) if len(text) < 20 else _LONGEST


def moment(text: str | None) -> float | None:
    """An HTTP date as seconds since the epoch; ``None`` if it is none."""
    try:
        parsed = None if text is None else parsedate_tz(text)
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError, IndexError):
        return None


def digest(headers: Headers, names: Iterable[str], salt: bytes) -> str:
    """What is the same for requests with the same values in these headers, and tells nothing of them."""
    hashed = blake2b(key=salt, digest_size=16)
    for name in names:
        value = headers.get(name)
        hashed.update(b"-" if value is None else b"+%d:" % len(value) + value.encode())
    return hashed.hexdigest()


@attrs.frozen
class Stored:
    """A response that is kept.

    :ivar credential: digest of the credentials that it was given to
    :ivar vary: lower-case names of the request headers that chose it (RFC 9111, section 4.1)
    :ivar selected: digest of their values
    :ivar received_at: in seconds since the epoch
    :ivar initial_age: in seconds, when it was received (section 4.2.3)
    :ivar lifetime: seconds for which it is fresh (section 4.2.1)
    :ivar ask_always: whether it is validated each time, however fresh
    :ivar ask_when_stale: whether nobody may use it stale
    """

    credential: str
    vary: tuple[str, ...]
    selected: str
    status: int
    reason: str
    headers: Headers
    body: bytes = attrs.field(repr=False)
    received_at: float
    initial_age: float
    lifetime: float
    ask_always: bool
    ask_when_stale: bool

    @classmethod
    def of(
        cls, request: Request, response: Response, *, credential: str, salt: bytes, asked_at: float, received_at: float
    ) -> Stored | None:
        """What is kept of a response; ``None`` if nothing may be (section 3), or it would never be of use."""
        if response.status not in KEPT_STATUSES or response.truncated or response.stream is not None:
            return None
        headers = response.headers.without(*_OF_THE_CONNECTION)
        said = directives(headers)
        vary = tuple(sorted({name.strip().lower() for name in headers.get("Vary", "").split(",")} - {""}))
        if "no-store" in said or "*" in vary:
            return None
        lifetime = _lifetime(headers, said, received_at)
        ask_always = "no-cache" in said
        has_validator = response.status == 200 and ("ETag" in headers or "Last-Modified" in headers)
        if (lifetime <= 0 or ask_always) and not has_validator:
            return None
        return cls(
            credential,
            vary,
            digest(request.headers, vary, salt),
            response.status,
            response.reason,
            headers,
            response.body,
            received_at,
            _initial_age(headers, asked_at, received_at),
            lifetime,
            ask_always,
            "must-revalidate" in said,
        )

    def is_for(self, request: Request, credential: str, salt: bytes) -> bool:
        """Whether it answers this request, fresh or not."""
        return self.credential == credential and (
            not self.vary or self.selected == digest(request.headers, self.vary, salt)
        )

    def age(self, now: float) -> float:
        """In seconds."""
        return self.initial_age + max(0.0, now - self.received_at)

    def may_be_used(self, wanted: Mapping[str, str | None], now: float) -> bool:
        """Whether it can be given without asking the service (sections 4.2 and 5.2.1).

        :param wanted: what the request says
        """
        if self.ask_always or "no-cache" in wanted:
            return False
        age = self.age(now)
        left = self.lifetime - age
        if "max-age" in wanted and age > seconds(wanted["max-age"]):
            return False
        if "min-fresh" in wanted and left < seconds(wanted["min-fresh"]):
            return False
        if left > 0:
            return True
        if "max-stale" not in wanted or self.ask_when_stale:
            return False
        most = wanted["max-stale"]
        return most is None or -left <= seconds(most)

    def asking(self, request: Request) -> Request:
        """The request that asks whether it is still good (section 4.3.1); the same one if it can't be asked."""
        headers = request.headers
        if self.status == 200:
            if "ETag" in self.headers:
                headers = headers.with_header("If-None-Match", self.headers["ETag"])
            if "Last-Modified" in self.headers:
                headers = headers.with_header("If-Modified-Since", self.headers["Last-Modified"])
        return request if headers is request.headers else request.with_headers(headers)

    def is_meant_by(self, not_modified: Response) -> bool:
        """Whether a 304 speaks of this one (section 4.3.4)."""
        theirs, ours = not_modified.headers.get("ETag"), self.headers.get("ETag")
        return theirs is None or ours is None or theirs.removeprefix("W/") == ours.removeprefix("W/")

    def refreshed(self, not_modified: Response) -> Response:
        """The response with the newer headers of a 304 (section 3.2)."""
        newer = not_modified.headers.without(*_OF_THE_CONNECTION, *_OF_THE_BODY)
        # Those that tell when it was made belong to the old answer.
        older = self.headers.without(*newer, "Age", "Date")
        headers = Headers.received([*older.pairs, *newer.pairs])
        return Response(self.status, headers, self.body, None, self.reason, not_modified.request)

    def response(self, request: Request, now: float) -> Response:
        """The answer to a request, with its ``Age`` (section 5.1)."""
        headers = self.headers.with_header("Age", str(int(self.age(now))))
        return Response(self.status, headers, self.body, None, self.reason, request)


def _lifetime(headers: Headers, said: Mapping[str, str | None], received_at: float) -> float:
    if "max-age" in said:
        return seconds(said["max-age"])
    if "Expires" not in headers:
        return 0
    expires, made = moment(headers["Expires"]), moment(headers.get("Date"))
    return 0 if expires is None else max(0.0, expires - (received_at if made is None else made))


def _initial_age(headers: Headers, asked_at: float, received_at: float) -> float:
    made = moment(headers.get("Date"))
    apparent = 0.0 if made is None else max(0.0, received_at - made)
    told = seconds(headers.get("Age", "").partition(",")[0].strip())
    return max(apparent, told + max(0.0, received_at - asked_at))
