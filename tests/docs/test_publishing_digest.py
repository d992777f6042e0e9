"""The Digest of the page on publishing a middleware (digest.py), and a server that checks its answers."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import attrs
import pytest
import requests
from requests.auth import HTTPDigestAuth

from globus_transport import Request, Response, Stack, StreamBody, only_for
from globus_transport.testing.loopback_server import Peer, Received, ScriptedServer, whole
from globus_transport.testing.middleware_contract import MiddlewareContract
from tests.core.stepping import end_of, get
from tests.docs.published_layers import HOSTS, Call, Host, every_host, import_example_layers
from tests.terminals.fresh_terminal import forget_proxies

layers = import_example_layers()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


class TestContractOfDigest(MiddlewareContract):
    secrets = ("open sesame",)

    def make_middleware(self) -> Any:
        return only_for(layers.Digest("user", "open sesame"), self.url)


@attrs.define
class DigestServer:
    """Checks answers as RFC 7616 says, and that no answer is sent twice.

    :ivar lifetime: number of requests for which a nonce is good
    :ivar others: challenges that come first, and that the client cannot answer
    """

    algorithm: str = "SHA-256"
    user: str = "Mufasa"
    password: str = "Circle of Life"
    userhash: bool = False
    lifetime: int = 100
    realm: str = 'a "quoted" realm, with a comma'
    others: tuple[str, ...] = (
        'Negotiate, Basic realm="not, Digest x=1"',
        'Digest realm="x", nonce="x", qop="auth", algorithm=SHA-512-256',
        'Digest realm="x", nonce="x", qop="auth-int"',
    )
    nonces: dict[str, int] = attrs.field(factory=dict)

    def __call__(self, peer: Peer) -> None:
        while True:
            peer.send(self._answer(peer.read_request()))

    def _answer(self, request: Received) -> bytes:
        stale = False
        for given in request.values("Authorization"):
            outcome = self._check(request, given)
            if outcome == "accepted":
                return whole(b"fine")
            stale = outcome == "stale"
        nonce = f"nonce-{len(self.nonces)}"
        self.nonces[nonce] = 0
        realm = self.realm.replace('"', '\\"')
        return whole(
            b"who are you?",
            "401 Unauthorized",
            *(f"WWW-Authenticate: {challenge}" for challenge in self.others),
            f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}", qop="auth", opaque="o/p=", '
            f"algorithm={self.algorithm}, stale={str(stale).upper()}, userhash={str(self.userhash).lower()}",
        )

    def _check(self, request: Received, given: str) -> str:
        found = {
            name: quoted.replace('\\"', '"') or token
            for name, quoted, token in re.findall(r'([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))', given)
        }
        user, nonce, count = found["username"], found["nonce"], found["nc"]
        expected_user = self._hash(f"{self.user}:{self.realm}") if self.userhash else self.user
        secret = self._hash(f"{self.user}:{self.realm}:{self.password}")
        if self.algorithm.endswith("-sess"):
            secret = self._hash(f"{secret}:{nonce}:{found['cnonce']}")
        method = request.line.partition(" ")[0]
        about_request = self._hash(f"{method}:{request.target}")
        answer = self._hash(f"{secret}:{nonce}:{count}:{found['cnonce']}:auth:{about_request}")
        assert (found["realm"], found["uri"], found["opaque"]) == (self.realm, request.target, "o/p=")
        if user != expected_user or answer != found["response"]:
            return "refused"
        if nonce not in self.nonces or self.nonces[nonce] == self.lifetime:
            return "stale"
        assert int(count, 16) == self.nonces[nonce] + 1
        self.nonces[nonce] += 1
        return "accepted"

    def _hash(self, text: str) -> str:
        return hashlib.new("md5" if self.algorithm.startswith("MD5") else "sha256", text.encode()).hexdigest()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize(("password", "status"), [("Circle of Life", 200), ("wrong", 401)])
def test_the_server_is_right(algorithm: str, password: str, status: int) -> None:
    # requests' own Digest takes the first challenge, and does not read quotes in a realm.
    with ScriptedServer(DigestServer(algorithm, realm="here", others=())) as server:
        response = requests.get(f"{server.origin}/a?b=c", auth=HTTPDigestAuth("Mufasa", password), timeout=10)
    assert response.status_code == status


@every_host
@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"])
def test_digest_in_every_host(host: Host, algorithm: str) -> None:
    with ScriptedServer(DigestServer(algorithm, userhash=algorithm == "SHA-256")) as server:
        digest = only_for(layers.Digest("Mufasa", "Circle of Life"), server.origin)
        for _ in range(3):
            assert host(digest, Call("PUT", f"{server.origin}/a?b=%20c", body=b"content")) == (200, b"fine")
    assert [request.body for request in server.requests] == [b"content"] * 4
    counts = [
        re.findall(r"nc=(\w+)", value) for request in server.requests for value in request.values("Authorization")
    ]
    assert counts == [["00000001"], ["00000002"], ["00000003"]]


def test_an_expired_nonce_is_replaced() -> None:
    with ScriptedServer(DigestServer(lifetime=2)) as server:
        digest = only_for(layers.Digest("Mufasa", "Circle of Life"), server.origin)
        for _ in range(6):
            assert HOSTS["Stack"](digest, Call("GET", server.origin)) == (200, b"fine")
    # Two calls a nonce, and a 401 before each pair.
    assert len(server.requests) == 9


def test_a_wrong_password_is_tried_once() -> None:
    with ScriptedServer(DigestServer()) as server:
        digest = only_for(layers.Digest("Mufasa", "wrong"), server.origin)
        assert HOSTS["Stack"](digest, Call("GET", server.origin))[0] == 401
    assert len(server.requests) == 2


def test_a_server_that_always_says_stale_ends_the_call() -> None:
    headers = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", stale=true'}
    sent: list[Request] = []

    def terminal(request: Request) -> Response:
        sent.append(request)
        return Response(401, headers, request=request)

    assert Stack(terminal, [layers.Digest("user", "password")]).send(get()).status == 401
    assert len(sent) == 3


def test_a_body_that_can_be_read_once_is_sent_once_and_the_challenge_is_kept() -> None:
    digest = layers.Digest("user", "password")
    challenge = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}
    flow = digest(Request("PUT", "https://service.example/", body=StreamBody.once([b"x"])))
    next(flow)
    assert end_of(flow, Response(401, challenge)).status == 401
    assert "Authorization" in next(digest(Request("PUT", "https://service.example/"))).headers


def test_the_example_of_rfc_7616() -> None:
    # Section 3.9.1.
    digest = layers.Digest("Mufasa", "Circle of Life")
    flow = digest(Request("GET", "http://www.example.org/dir/index.html"))
    next(flow)
    parameters = (
        'realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    flow.send(Response(401, {"WWW-Authenticate": f"Digest {parameters}"}))
    (challenge,) = digest._challenges.values()
    known = attrs.evolve(challenge, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", uses=iter([1]))
    sent = digest._answer(Request("GET", "http://www.example.org/dir/index.html"), known)
    assert (
        'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in sent.headers["Authorization"]
    )


@pytest.mark.parametrize(
    "text", ['Basic realm="x"', 'Digest realm="x", nonce="n"', 'Digest realm="x", nonce="n", qop="auth-int"', "Digest"]
)
def test_what_cannot_be_answered_comes_back(text: str) -> None:
    flow = layers.Digest("user", "password")(get())
    next(flow)
    assert end_of(flow, Response(401, {"WWW-Authenticate": text})).status == 401


def test_a_name_outside_ascii() -> None:
    flow = layers.Digest('J"ärn', "x")(get())
    next(flow)
    sent = flow.send(Response(401, {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'}))
    assert "username*=UTF-8''J%22%C3%A4rn, " in sent.headers["Authorization"]
