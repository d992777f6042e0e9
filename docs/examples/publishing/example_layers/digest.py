"""HTTP Digest (RFC 7616) with qop=auth, for MD5 and SHA-256, and the session variant of
each."""

import hashlib
import itertools
import re
import secrets
from collections.abc import Iterator
from urllib.parse import quote

import attrs

from globus_transport import Flow, Place, Request, Response, read, send

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_MOST_RENEWALS = 2
# One parameter of a challenge, after the scheme if it is the first (RFC 9110, section
# 11.6.1).
_PARAMETER = re.compile(
    r'(?:([\w-]+) +)?([\w-]+) *= *(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))'
)


@attrs.frozen
class Challenge:
    """What the server sent with its 401, and how often the client has used it."""

    realm: str
    nonce: str
    algorithm: str
    opaque: str | None
    userhash: bool
    stale: bool
    cnonce: str = attrs.field(factory=lambda: secrets.token_hex(16))
    # Threads share it: next() on it is atomic.
    uses: Iterator[int] = attrs.field(factory=lambda: itertools.count(1))

    def digest(self, *parts: str) -> str:
        """The hash of the parts, joined by colons."""
        new_hash = _HASHES[self.algorithm.upper().removesuffix("-SESS")]
        return new_hash(":".join(parts).encode()).hexdigest()


@attrs.define(eq=False)
class Digest:
    """Answer challenges of HTTP Digest.

    A later request to the same origin answers the last challenge at once. Restrict the
    layer to its servers::

        only_for(Digest("user", "password"), "https://device.example.org")

    :param user: name of the user
    :param password: is not sent; the server compares hashes
    """

    user: str
    password: str = attrs.field(repr=False)
    _challenges: dict[str, Challenge] = attrs.field(
        factory=dict, init=False, repr=False
    )

    place = Place(
        after=("redirect", "retry", "retries"),
        reason="no answer to a challenge may be sent twice",
    )

    def __call__(self, request: Request) -> Flow:
        origin = request.url.origin
        challenge = self._challenges.get(origin)
        renewals = 0
        while True:
            answered = (
                request if challenge is None else self._answer(request, challenge)
            )
            response = yield from send(answered)
            new_challenge = (
                _find_challenge(response) if response.status == 401 else None
            )
            if new_challenge is None:
                return response
            self._challenges[origin] = new_challenge
            # A new challenge whose answer is refused, although it has not expired,
            # means a wrong password.
            if (
                not request.can_replay
                or (renewals and not new_challenge.stale)
                or renewals == _MOST_RENEWALS
            ):
                return response
            if response.stream is not None:
                yield from read(response, 1 << 16)
            challenge = new_challenge
            renewals += 1

    def _answer(self, request: Request, challenge: Challenge) -> Request:
        count = f"{next(challenge.uses):08x}"
        digest, realm, nonce, cnonce = (
            challenge.digest,
            challenge.realm,
            challenge.nonce,
            challenge.cnonce,
        )
        secret = digest(self.user, realm, self.password)
        if challenge.algorithm.upper().endswith("-SESS"):
            secret = digest(secret, nonce, cnonce)
        uri = request.url.target
        answer = digest(
            secret, nonce, count, cnonce, "auth", digest(request.method, uri)
        )
        user = digest(self.user, realm) if challenge.userhash else self.user
        fields = [
            f"username={_quoted(user)}"
            if user.isascii()
            else f"username*=UTF-8''{quote(user, safe='')}",
            *(
                f"{name}={_quoted(value)}"
                for name, value in (("realm", realm), ("nonce", nonce), ("uri", uri))
            ),
            f"algorithm={challenge.algorithm}, qop=auth, nc={count}",
            f'cnonce="{cnonce}", response="{answer}"',
        ]
        if challenge.opaque is not None:
            fields.append(f"opaque={_quoted(challenge.opaque)}")
        if challenge.userhash:
            fields.append("userhash=true")
        return request.with_header("Authorization", f"Digest {', '.join(fields)}")

    def __str__(self) -> str:
        return f"Digest as {self.user}"

    def __reduce__(self) -> tuple[object, ...]:
        # A copy in another process gets challenges of its own: the server counts the
        # uses of each.
        return (Digest, (self.user, self.password))


def _find_challenge(response: Response) -> Challenge | None:
    """The first challenge of a response that the client can answer: the server's order
    is its preference."""
    challenges: list[dict[str, str]] = []
    for scheme, name, quoted, token in _PARAMETER.findall(
        ", ".join(response.headers.get_all("WWW-Authenticate"))
    ):
        if scheme or not challenges:
            challenges.append({"scheme": scheme.lower()})
        challenges[-1][name.lower()] = token or re.sub(r"\\(.)", r"\1", quoted)
    for found in challenges:
        algorithm = found.get("algorithm", "MD5")
        is_known = (
            found["scheme"] == "digest"
            and algorithm.upper().removesuffix("-SESS") in _HASHES
        )
        if (
            is_known
            and "nonce" in found
            and "auth" in re.split(r"[\s,]+", found.get("qop", ""))
        ):
            return Challenge(
                realm=found.get("realm", ""),
                nonce=found["nonce"],
                algorithm=algorithm,
                opaque=found.get("opaque"),
                userhash=found.get("userhash", "").lower() == "true",
                stale=found.get("stale", "").lower() == "true",
            )
    return None


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
