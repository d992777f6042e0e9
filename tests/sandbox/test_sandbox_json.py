"""Reading JSON that anyone may have sent."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.json_bodies import parse_json
from tests.sandbox.sandbox_http import Http

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(documents)
def test_documents_are_read(document: object) -> None:
    assert parse_json(json.dumps(document).encode()) == document


@given(st.binary(max_size=50))
def test_other_bytes_are_refused_with_one_exception(data: bytes) -> None:
    try:
        parse_json(data)
    except ValueError:
        return


@pytest.mark.parametrize("depth", [65, 300, 900, 50_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_deep_documents_are_refused(globus: Sandbox, transfer: Http, depth: int, start: str, end: str) -> None:
    text = start * depth + "1" + end * depth
    with pytest.raises(ValueError, match="levels"):
        parse_json(text.encode())
    body = f'{{"project": {text}, "path": {text}}}'.encode()
    assert transfer("POST", "/v0.10/bookmark", body=body).status == 400
    basic = (globus.client_id, globus.client_secret)
    assert Http(globus.auth_url)("POST", "/v2/api/projects", body=body, basic=basic).status == 400


def test_a_document_may_have_60_levels() -> None:
    assert parse_json(b"[" * 60 + b"]" * 60)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, [[math.nan]]])
def test_numbers_that_json_does_not_have_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON"):
        parse_json(json.dumps(value).encode())
