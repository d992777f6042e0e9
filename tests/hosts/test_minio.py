"""The client of MinIO takes a StackPool as its ``http_client=``."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

pytest.importorskip("minio", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import minio

from globus_transport import Stack, Urllib3Terminal
from globus_transport.embed.urllib3 import StackPool
from globus_transport.http.messages import Request
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole


@pytest.fixture
def terminal() -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


def test_objects_are_put_and_got_and_errors_are_its_own(terminal: Urllib3Terminal) -> None:
    seen: list[str] = []

    def note(request: Request) -> Request:
        seen.append(request.method)
        return request

    answers = (
        whole(b"", "200 OK", 'ETag: "1"'),
        whole(b"content", "200 OK", 'ETag: "1"', "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"),
        whole(b"<Error><Code>NoSuchKey</Code></Error>", "404 Not Found", "Content-Type: application/xml"),
    )
    with ScriptedServer(answering(*answers)) as server:
        client = minio.Minio(
            f"127.0.0.1:{server.port}",
            access_key="key",
            secret_key="secret",
            secure=False,
            region="us-east-1",
            http_client=StackPool(Stack(terminal, [note])),
        )
        client.put_object(bucket_name="bucket", object_name="k", data=io.BytesIO(b"content"), length=7)
        reply = client.get_object(bucket_name="bucket", object_name="k")
        assert b"".join(reply.stream(3)) == b"content"
        reply.close()
        reply.release_conn()
        with pytest.raises(minio.error.S3Error, match="NoSuchKey"):
            client.get_object(bucket_name="bucket", object_name="nowhere")
        assert seen == ["PUT", "GET", "GET"]
        assert server.requests[0].body == b"content"
        assert all(request["Authorization"].startswith("AWS4-HMAC-SHA256") for request in server.requests)
        assert server.connections == 1
