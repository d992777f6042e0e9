"""The signatures of the page on publishing a middleware (sigv4.py).

tests/hosts/test_sigv4_example.py compares them with those of botocore, and on the wire.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from globus_transport import GlobusSDKUsageError, Request, Response, Run, Stack, StreamBody, only_for
from globus_transport.testing.middleware_contract import MiddlewareContract
from tests.docs.published_layers import import_example_layers

layers = import_example_layers()


class TestContractOfSigV4(MiddlewareContract):
    secrets = ("the secret key", "the session token")
    needs_bodies = True

    def make_middleware(self) -> Any:
        signer = layers.SigV4(
            "KEY", "the secret key", region="eu-north-1", service="execute-api", token="the session token"
        )
        return only_for(signer, self.url)


@pytest.mark.parametrize(
    ("target", "headers", "signature"),
    [
        (
            "/test.txt",
            {"Range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        ("/?lifecycle", {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/?max-keys=2&prefix=J", {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_the_examples_of_amazon(target: str, headers: dict[str, str], signature: str) -> None:
    # Amazon S3 API Reference, "Signature calculations for the Authorization header".
    sigv4 = layers.SigV4(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        service="s3",
        clock=lambda: 1369353600.0,
    )
    sent = next(sigv4(Request("GET", f"https://examplebucket.s3.amazonaws.com{target}", headers)))
    assert sent.headers["Authorization"].endswith(f"Signature={signature}")


def test_a_large_body_is_read_outside_of_the_event_loop() -> None:
    sigv4 = layers.SigV4("KEY", "secret", region="eu-north-1", service="s3")
    body = StreamBody(lambda: iter([b"con", b"tent"]), 7, replayable=True)
    flow = sigv4(Request("PUT", "https://s3.example/x", body=body))
    step = next(flow)
    assert isinstance(step, Run)
    payload_hash = step.function(*step.args)
    assert payload_hash == hashlib.sha256(b"content").hexdigest()
    assert flow.send(payload_hash).headers["X-Amz-Content-Sha256"] == payload_hash


def test_s3_alone_accepts_a_body_that_is_not_signed() -> None:
    request = Request("PUT", "https://s3.example/x", body=StreamBody.once([b"x"]))
    s3 = layers.SigV4("KEY", "secret", region="eu-north-1", service="s3")
    assert next(s3(request)).headers["X-Amz-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    with pytest.raises(GlobusSDKUsageError, match="as a file"):
        next(layers.SigV4("KEY", "secret", region="eu-north-1", service="sqs")(request))


def test_a_signature_has_to_be_made_last() -> None:
    sigv4 = only_for(layers.SigV4("KEY", "secret", region="eu-north-1", service="s3"), "https://s3.example")
    with pytest.raises(GlobusSDKUsageError, match="the signature covers the headers"):
        Stack(lambda _: Response(200), [sigv4, layers.Retries()])
