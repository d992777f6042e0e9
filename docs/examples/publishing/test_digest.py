"""The tests of Digest: the contract of all middleware, and the flow stepped by hand."""

import pytest
from example_layers import Digest

from globus_transport import Request, Response
from globus_transport.testing.middleware_contract import MiddlewareContract

PARAMETERS = 'realm="here", qop="auth", nonce="n-1", algorithm=SHA-256'
CHALLENGE = {"WWW-Authenticate": f"Digest {PARAMETERS}"}


class TestContract(MiddlewareContract):
    secrets = ("open sesame",)

    def make_middleware(self) -> Digest:
        return Digest("user", "open sesame")


def test_it_answers_the_challenge() -> None:
    request = Request("GET", "https://device.example.org/status")
    flow = Digest("user", "open sesame")(request)
    assert next(flow) is request  # no challenge is known

    answered = flow.send(Response(401, CHALLENGE))
    assert isinstance(answered, Request)
    assert 'username="user"' in answered.headers["Authorization"]

    response = Response(200)
    with pytest.raises(StopIteration) as end:
        flow.send(response)
    assert end.value.value is response


def test_it_gives_up_when_its_answer_is_refused() -> None:
    flow = Digest("user", "wrong")(Request("GET", "https://device.example.org/status"))
    next(flow)
    flow.send(Response(401, CHALLENGE))
    refusal = Response(401, CHALLENGE)
    with pytest.raises(StopIteration) as end:
        flow.send(refusal)
    assert end.value.value is refusal
