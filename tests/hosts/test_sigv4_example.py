"""The signatures of the documentation's SigV4 layer are those of botocore, and sign what every library sends."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("botocore", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from globus_transport import Request, only_for
from globus_transport.testing.loopback_server import Peer, Received, ScriptedServer, answering, whole
from tests.docs.published_layers import HOSTS, Call, Host, every_host, import_example_layers

layers = import_example_layers()

KEY_ID, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-north-1"


def make_sigv4(service: str, token: str | None = None) -> Any:
    return layers.SigV4(KEY_ID, SECRET, region=REGION, service=service, token=token)


def signature_by_botocore(
    service: str, method: str, url: str, fields: list[tuple[str, str]], authorization: str
) -> str:
    """The signature of a request with these header fields, of which those are signed that Authorization names."""
    match = re.search("SignedHeaders=([^,]*)", authorization)
    assert match is not None
    signed = match[1].split(";")
    address, _, query = url.partition("?")
    request = AWSRequest(method, address, params=parse_qsl(query, keep_blank_values=True))
    for name, value in fields:
        if name.lower() in signed:
            request.headers.add_header(name, value)
    request.context["timestamp"] = request.headers["X-Amz-Date"]
    signer = {"s3": S3SigV4Auth}.get(service, SigV4Auth)(Credentials(KEY_ID, SECRET), service, REGION)
    canonical = signer.canonical_request(request)
    assert f"\n{match[1]}\n" in canonical
    return str(signer.signature(signer.string_to_sign(request, canonical), request))


@pytest.mark.parametrize("service", ["s3", "execute-api"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "HEAD"])
@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/a/b",
        "/a/b/",
        "/a//b",
        "/a/./b/../c",
        "/..",
        "/with%20blank/%C3%A4%2F~x",
        "/?a=1&b",
        "/?b=2&a=2&a=1&A=%2F%7E",
        "/?empty=&%C3%A4=%26%3D%25",
        "/?blank=a+b%20c",
    ],
)
@pytest.mark.parametrize("body", [None, b"", b"content"])
def test_botocore_makes_the_same_signature(service: str, method: str, target: str, body: bytes | None) -> None:
    headers = [("X-Blanks", "  a   b "), ("X-Twice", "1"), ("x-twice", "2"), ("User-Agent", "program")]
    request = Request(method, f"https://service.example:8443{target}", headers, body)
    sent = next(make_sigv4(service, "the session token")(request))
    authorization = sent.headers["Authorization"]
    expected = signature_by_botocore(service, method, sent.url, list(sent.headers.pairs), authorization)
    assert authorization.endswith(f", Signature={expected}")
    signed = re.findall(r"[\w-]+", re.findall("SignedHeaders=([^,]*)", authorization)[0])
    assert {"host", "x-blanks", "x-twice", "x-amz-security-token"} <= set(signed)
    assert ("content-length" in signed) == (body is not None or method in ("PUT", "POST", "DELETE"))


class SigningServer:
    """Answers 200 to requests whose signature botocore confirms, for what was sent over the wire."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.payloads: list[str] = []

    def __call__(self, peer: Peer) -> None:
        while True:
            peer.send(self._answer(peer.server.origin, peer.read_request()))

    def _answer(self, origin: str, request: Received) -> bytes:
        method, authorization = request.line.partition(" ")[0], request["Authorization"]
        url = origin + request.target
        expected = signature_by_botocore(self.service, method, url, request.fields, authorization)
        payload_hash = request["X-Amz-Content-Sha256"]
        self.payloads.append(payload_hash)
        if payload_hash not in ("UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
            return whole(b"another body", "400 Bad Request")
        signed = re.findall("SignedHeaders=([^,]*)", authorization)[0].split(";")
        if "host" not in signed or ("content-length" in signed) != bool(request.values("Content-Length")):
            return whole(f"not signed: {signed}".encode(), "400 Bad Request")
        if not authorization.endswith(f", Signature={expected}"):
            return whole(f"another signature: {request.fields}".encode(), "403 Forbidden")
        return whole(b"fine")


@every_host
@pytest.mark.parametrize("service", ["s3", "execute-api"])
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/", None),
        ("GET", "/a%20b/c?prefix=%2Fa&b&a=1&a=0", None),
        ("PUT", "/key", b"content"),
        ("POST", "/key", b"content" * 100_000),
        ("POST", "/empty", None),
        ("DELETE", "/key", None),
    ],
)
def test_what_every_host_sends_is_what_was_signed(
    host: Host, service: str, method: str, target: str, body: bytes | None
) -> None:
    with ScriptedServer(SigningServer(service)) as server:
        signer = only_for(make_sigv4(service), server.origin)
        assert host(signer, Call(method, server.origin + target, {"X-Own": "a  b"}, body)) == (200, b"fine")


# httpx does not say that a file can be read twice.
@pytest.mark.parametrize(("host", "is_signed"), [(name, name != "httpx") for name in HOSTS], ids=list(HOSTS))
def test_an_uploaded_file_is_read_and_signed(host: str, is_signed: bool, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 1000)
    signing = SigningServer("s3")
    with ScriptedServer(signing) as server, file.open("rb") as opened:
        signer = only_for(make_sigv4("s3"), server.origin)
        answer = HOSTS[host](signer, Call("PUT", f"{server.origin}/file", body=opened))
        assert answer == (200, b"fine")
        (request,) = server.requests
    assert request.body == file.read_bytes()
    expected = hashlib.sha256(request.body).hexdigest() if is_signed else "UNSIGNED-PAYLOAD"
    assert signing.payloads == [expected]


@every_host
def test_another_server_gets_no_signature(host: Host) -> None:
    with ScriptedServer(answering(whole(b"other"))) as server:
        signer = only_for(make_sigv4("s3"), "https://s3.example")
        assert host(signer, Call("GET", server.origin)) == (200, b"other")
    assert not server.requests[0].values("Authorization")
