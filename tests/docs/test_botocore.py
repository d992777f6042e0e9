"""The program of the page on urllib3 that has botocore send through a stack."""

from __future__ import annotations

import pytest

pytest.importorskip("botocore", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from globus_transport import Request, Response, Stack
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.docs.examples import run_example


def test_an_object_is_read_through_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "EC2_METADATA_DISABLED": "true"}
    for name, value in names.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with ScriptedServer(answering(whole(b"an image"))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.origin)
        example = run_example("embedding/botocore_client.py")
        seen: list[Request] = []
        send = example["stack"].send

        def note(_stack: Stack, request: Request) -> Response:
            seen.append(request)
            response: Response = send(request)
            return response

        monkeypatch.setattr(Stack, "send", note)
        body = example["s3"].get_object(Bucket="bucket", Key="image")["Body"].read()
        example["stack"].close()
    assert body == b"an image"
    assert [request.method for request in seen] == ["GET"]
