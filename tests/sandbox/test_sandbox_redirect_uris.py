"""Which redirect URIs the sandbox accepts, in each place where a client can give one."""

from __future__ import annotations

import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.clients import is_redirect_uri
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

MALFORMED = [
    "",
    "localhost",
    "/back",
    "//localhost/back",
    "http:",
    "http://[",
    "http://[::1/",
    "http://localhost:port/",
    "http://localhost:99999/",
    "http://localhost:0/",
    "http://localhost:-1/",
    "http://localhost/#fragment",
    "http://localhost/#",
    "http://localhost/a b",
    "http://localhost\\@evil.example/",
    'http://localhost/"',
    "http://localhost/\r\nX: y",
    "http://localhost/\0",
    "http://localhost/\N{SNOWMAN}",
    "http://localhost/<script>",
]


@pytest.mark.parametrize("uri", MALFORMED)
def test_malformed_redirect_uris_are_refused_everywhere(globus: Sandbox, auth: Http, uri: str) -> None:
    basic = (globus.client_id, globus.client_secret)
    fields = {"name": "Portal", "client_type": "confidential_client"}
    valid = {**fields, "redirect_uris": ["https://portal.example/back"]}
    client = auth("POST", "/v2/api/clients", basic=basic, document={"client": valid}).document["client"]
    changed = {"redirect_uris": ["https://portal.example/back", uri]}
    answers = {
        "registration": auth("POST", "/v2/api/clients", basic=basic, document={"client": {**fields, **changed}}),
        "update": auth("PUT", f"/v2/api/clients/{client['id']}", basic=basic, document={"client": changed}),
    }
    for client_id in (globus.client_id, globus.native_client_id, client["id"]):
        query = {"client_id": client_id, "redirect_uri": uri, "scope": TRANSFER_ALL, "response_type": "code"}
        answers[f"authorize {client_id}"] = auth("GET", "/v2/oauth2/authorize", query=query)
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": uri}
    answers["token"] = auth("POST", "/v2/oauth2/token", form=form, basic=basic)
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert [name for name, answer in answers.items() if answer.headers["Location"]] == []
    kept = auth("GET", f"/v2/api/clients/{client['id']}", basic=basic).document["client"]
    assert kept["redirect_uris"] == ["https://portal.example/back"]


def test_absolute_uris_are_redirect_uris() -> None:
    for uri in (
        "https://portal.example/back",
        "http://localhost:8080/back?a=b&c=%20",
        "http://127.0.0.1",
        "http://[::1]:8080/",
        "org.example.app:/back",
    ):
        assert is_redirect_uri(uri), uri
