"""botocore sends through a stack: S3 calls with bodies in both directions, pages, error documents, a renewal."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

pytest.importorskip("botocore", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import botocore.session
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ResponseStreamingError
from botocore.httpsession import URLLib3Session

from globus_transport import RefreshTokenAuthorizer, Stack, Urllib3Terminal
from globus_transport.embed.urllib3 import StackPool
from globus_transport.http.messages import Request
from globus_transport.testing.loopback_server import Peer, Received, ScriptedServer, answering, head, once, whole

MakeClient = Callable[..., Any]


class StackSession(URLLib3Session):  # type: ignore[misc]
    """Sends what botocore has signed through a stack."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self._manager = StackPool(stack)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """A handler of the event ``before-send``."""
        return self.send(request)


@pytest.fixture
def terminal() -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def make_client(monkeypatch: pytest.MonkeyPatch) -> MakeClient:
    """Makes a client of S3 that sends through a stack."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def make(stack: Stack, origin: str, **config: Any) -> Any:
        client = botocore.session.Session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=origin,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, **config),
        )
        client.meta.events.register("before-send.s3", StackSession(stack).answer)
        return client

    return make


class TinyS3:
    """Answers PUT, GET and HEAD of objects, and a list that has two objects a page."""

    def __init__(self) -> None:
        self.objects: dict[str, Received] = {}

    def __call__(self, peer: Peer) -> None:
        while True:
            peer.send(self._answer(peer.read_request()))

    def _answer(self, request: Received) -> bytes:
        method, url = request.line.split()[0], urlsplit(request.target)
        key = unquote(url.path).removeprefix("/bucket").removeprefix("/")
        if not key:
            return self._page(parse_qs(url.query).get("continuation-token", ["0"])[0])
        if method == "PUT":
            self.objects[key] = request
            return whole(b"", "200 OK", 'ETag: "1"')
        if key not in self.objects:
            return whole(b"<Error><Code>NoSuchKey</Code><Message>not here</Message></Error>", "404 Not Found")
        stored = self.objects[key]
        answer = whole(stored.body, "200 OK", f"x-amz-checksum-crc32: {stored['x-amz-checksum-crc32']}")
        return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else answer

    def _page(self, token: str) -> bytes:
        keys, start = sorted(self.objects), int(token)
        items = "".join(f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in keys[start : start + 2])
        more = start + 2 < len(keys)
        following = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
        truncated = f"<IsTruncated>{str(more).lower()}</IsTruncated>"
        return whole(f"<ListBucketResult>{items}{truncated}{following}</ListBucketResult>".encode())


def test_objects_are_put_got_and_listed(terminal: Urllib3Terminal, make_client: MakeClient) -> None:
    seen: list[str] = []

    def note(request: Request) -> Request:
        seen.append(request.method)
        return request

    with ScriptedServer(TinyS3()) as server:
        s3 = make_client(Stack(terminal, [note]), server.origin)
        content = bytes(range(256)) * 1000
        s3.put_object(Bucket="bucket", Key="a/../b c", Body=io.BytesIO(content))
        s3.put_object(Bucket="bucket", Key="d", Body=b"d")
        s3.put_object(Bucket="bucket", Key="e", Body=b"e")
        assert s3.head_object(Bucket="bucket", Key="d")["ContentLength"] == 1
        body = s3.get_object(Bucket="bucket", Key="a/../b c")["Body"]
        assert body.read(1000) == content[:1000]
        assert b"".join(body.iter_chunks(4096)) == content[1000:]
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="bucket"))
        assert [item["Key"] for page in pages for item in page["Contents"]] == ["a/../b c", "d", "e"]
        assert len(pages) == 2
        with pytest.raises(ClientError, match="not here") as missing:
            s3.get_object(Bucket="bucket", Key="nowhere")
        assert missing.value.response["Error"]["Code"] == "NoSuchKey"
        assert seen == [request.line.split()[0] for request in server.requests]
        assert server.connections == 1
        assert server.requests[0].target == "/bucket/a/../b%20c"
        for request in server.requests:
            assert request["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
            assert request["Host"] == server.origin.removeprefix("http://")


def test_a_refused_token_is_renewed_once_and_the_file_sent_again(
    terminal: Urllib3Terminal, authorizer: RefreshTokenAuthorizer[Any], make_client: MakeClient
) -> None:
    with ScriptedServer(answering(whole(b"", "401 Unauthorized"), whole(b""))) as server:
        stack = Stack(terminal, [authorizer.bound_to(server.origin)])
        s3 = make_client(stack, server.origin, signature_version=UNSIGNED)
        s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"content"))
        s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"content"))
        sent = [(request["Authorization"], request.body) for request in server.requests]
    assert sent == [("Bearer token-1", b"content"), ("Bearer token-2", b"content"), ("Bearer token-2", b"content")]


def test_failures_are_botocore_s_exceptions(terminal: Urllib3Terminal, make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(EndpointConnectionError):
        make_client(Stack(terminal), f"http://127.0.0.1:{port}").head_object(Bucket="bucket", Key="k")
    with ScriptedServer(once(head("200 OK", "Content-Length: 10"), b"abc")) as server:
        body = make_client(Stack(terminal), server.origin).get_object(Bucket="bucket", Key="k")["Body"]
        with pytest.raises(ResponseStreamingError):
            body.read()
