"""Whatever is sent to whichever route: an answer of the service, never a failure of the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.route_names import routes_of
from globus_transport.sandbox.services import SERVICES

# A scope that opens each service.
_AUTH = "urn:globus:auth:scope:auth.globus.org:"
SCOPES = {
    "auth": f"{_AUTH}manage_projects {_AUTH}view_identities {_AUTH}view_consents openid email profile",
    "transfer": "urn:globus:auth:scope:transfer.api.globus.org:all",
    "groups": "urn:globus:auth:scope:groups.api.globus.org:all",
    "search": "urn:globus:auth:scope:search.api.globus.org:all",
    "flows": "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all",
    "timer": "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer",
    "compute": "https://auth.globus.org/scopes/facd7ccc-c5f4-42aa-916b-a0e270e2c2a9/all",
}
# What a person sees in a browser.
PAGES = {"/v2/oauth2/authorize", "/v2/web/auth-code"}
COLLECTION = "5a9d7a10-0000-4000-8000-000000000001"

_ids = st.sampled_from([COLLECTION, "1", "x", "", "../..", "%2e", "\0", "é", "9" * 400])
_odd = st.sampled_from(["1e400", "-1", "2026-13-45T99:99:99Z", "a:b", "[", "*"])
_texts = st.one_of(_ids, st.text(max_size=20), _odd)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _texts, st.just("\ud800")),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_texts, inner, max_size=4)),
    max_leaves=12,
)
# More of them have been tried by hand.
EXAMPLES = 40
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture(scope="module")
def globus() -> Iterator[Sandbox]:
    with Sandbox(seed="two-collections") as globus:
        yield globus


@pytest.fixture(scope="module")
def tokens(globus: Sandbox) -> dict[str, str]:
    endpoint = f"urn:globus:auth:scope:{globus.connect_server.endpoint_id}:manage_collections"
    scopes = {**SCOPES, "connect_server": endpoint}
    return {service: globus.issue_token(scope).access_token for service, scope in scopes.items()}


def _names(service: str) -> list[str]:
    """Names of fields and parameters that the routes of a service have."""
    found = {name for route in routes_of(service) for name in route.signature.parameters}
    return sorted(
        found | {"DATA", "DATA_TYPE", "timer", "schedule", "project", "client", "policy", "scope", "response"}
    )


@pytest.mark.parametrize("service", [*SERVICES])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_gets_an_answer(globus: Sandbox, tokens: dict[str, str], service: str, data: st.DataObject) -> None:
    app = globus._servers.app(service)
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))
    rule = data.draw(st.sampled_from(rules))
    method = data.draw(st.sampled_from(sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})))
    path = _PARAMETER.sub(lambda _: data.draw(_ids) or "1", rule.rule)
    names = st.sampled_from(_names(service))
    query = data.draw(st.dictionaries(names, _texts, max_size=3))
    kind = data.draw(st.sampled_from(["json", "json", "json", "form", "bytes", "none"]))
    token = tokens[service]
    headers = {"Authorization": data.draw(st.sampled_from([f"Bearer {token}"] * 5 + ["", "Bearer x", "Basic x"]))}
    options: dict[str, Any] = {}
    if kind == "json":
        body = data.draw(st.one_of(_values, st.dictionaries(names, _values, max_size=6)))
        options = {"data": json.dumps(body), "content_type": "application/json"}
    elif kind == "form":
        options = {"data": data.draw(st.dictionaries(names, _texts, max_size=4))}
    elif kind == "bytes":
        options = {"data": data.draw(st.binary(max_size=30)), "content_type": "application/json"}
    with app.test_client() as client:
        answer = client.open(path, method=method, query_string=query, headers=headers, **options)
    assert answer.status_code < 500 or answer.status_code == 502, answer.get_data(as_text=True)
    if answer.status_code >= 400 and path not in PAGES and not path.startswith("/data"):
        assert answer.is_json, (path, answer.get_data(as_text=True)[:200])


def test_every_service_has_a_scope() -> None:
    assert {*SCOPES, "connect_server"} == {*SERVICES}
