"""Demands for a login, in every form that services have for them; the same as globus-sdk reads."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import globus_sdk
import globus_sdk.gare
import pytest
import requests

from globus_transport import AuthAPIError, GlobusAPIError, Response, TransferAPIError, ValidationError
from globus_transport.gare import GARE, GlobusAuthorizationParameters, has_gares, is_gare, to_gare, to_gares

PROPER = {
    "code": "AuthorizationRequired",
    "authorization_parameters": {
        "session_message": "m",
        "session_required_identities": ["i"],
        "session_required_policies": ["p"],
        "session_required_single_domain": ["d"],
        "session_required_mfa": True,
        "required_scopes": ["openid"],
        "prompt": "login",
        "more": 1,
    },
    "detail": "d",
}
DEMANDS: dict[str, Any] = {
    "proper": PROPER,
    "without a code": {"authorization_parameters": {"session_required_mfa": True}},
    "texts with commas": {
        "authorization_parameters": {"session_required_policies": "a,b", "session_required_single_domain": "c"}
    },
    "of Transfer": {"code": "ConsentRequired", "required_scopes": ["a[*b]"], "message": "m", "request_id": "r"},
    "of an action provider": {"code": "ConsentRequired", "required_scope": "a[b]", "description": "m"},
    "of Auth": {
        "error": "dependent_consent_required",
        "errors": [{"unapproved_scopes": ["a", "b"], "code": "UNAPPROVED"}],
    },
}
OTHERS: dict[str, Any] = {
    "none": {},
    "another error": {"code": "PermissionDenied", "message": "no"},
    "no scopes": {"code": "ConsentRequired", "message": "m"},
    "scopes that are none": {"code": "ConsentRequired", "required_scopes": [1]},
    "parameters that are none": {"code": "x", "authorization_parameters": "y"},
    "an mfa that is none": {"code": "x", "authorization_parameters": {"session_required_mfa": "yes"}},
    "a code that is none": {"code": 3, "authorization_parameters": {}},
    "errors that are none": {"error": "dependent_consent_required", "errors": [1]},
}


@pytest.mark.parametrize("name", DEMANDS)
def test_a_demand_is_read_as_by_globus_sdk(name: str) -> None:
    ours, theirs = to_gare(DEMANDS[name]), globus_sdk.gare.to_gare(DEMANDS[name])
    assert ours is not None
    assert theirs is not None
    assert ours.to_dict() == theirs.to_dict()
    assert ours.extra == theirs.extra
    assert is_gare(DEMANDS[name])


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_none(name: str) -> None:
    assert to_gare(OTHERS[name]) is None
    assert globus_sdk.gare.to_gare(OTHERS[name]) is None
    assert not is_gare(OTHERS[name])


def test_no_errors_at_all() -> None:
    # globus-sdk fails here.
    assert to_gare({"error": "dependent_consent_required", "errors": []}) is None


def test_a_demand_for_both_is_read_whole() -> None:
    document = {"code": "ConsentRequired", "required_scope": "a", "authorization_parameters": {"session_message": "m"}}
    found = to_gare(document)
    assert found is not None
    assert found.authorization_parameters == GlobusAuthorizationParameters(required_scopes=["a"], session_message="m")


def error_of(kind: type[GlobusAPIError], document: object) -> GlobusAPIError:
    return kind(Response(403, {"Content-Type": "application/json"}, json.dumps(document).encode()))


def test_from_exceptions() -> None:
    assert to_gare(error_of(TransferAPIError, DEMANDS["of Transfer"])) == to_gare(DEMANDS["of Transfer"])
    several = {"errors": [OTHERS["another error"], PROPER, DEMANDS["of an action provider"]]}
    error = error_of(GlobusAPIError, several)
    assert to_gare(error) == to_gare(PROPER)
    assert to_gare(error.errors[2]) == to_gare(DEMANDS["of an action provider"])
    found = to_gares([error, error_of(AuthAPIError, DEMANDS["of Auth"]), OTHERS["none"]])
    assert len(found) == 3
    response = requests.Response()
    response.status_code, response._content = 403, json.dumps(several).encode()
    response.headers["Content-Type"] = "application/json"
    response.request = requests.Request("GET", "https://example.org").prepare()
    theirs = globus_sdk.gare.to_gares([globus_sdk.GlobusAPIError(response)])
    assert [one.to_dict() for one in found[:2]] == [one.to_dict() for one in theirs]
    assert has_gares([OTHERS["none"], error])
    assert not has_gares([OTHERS["none"]])


def test_as_values() -> None:
    made = GARE("c", {"required_scopes": ["a"], "more": 1}, extra={"detail": "d"})
    assert made.authorization_parameters.required_scopes == ["a"]
    assert made.to_dict() == {"code": "c", "authorization_parameters": {"required_scopes": ["a"]}}
    assert made.to_dict(include_extra=True) == {
        "code": "c",
        "authorization_parameters": {"required_scopes": ["a"], "more": 1},
        "detail": "d",
    }
    assert GARE.from_dict(made.to_dict(include_extra=True)) == made
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize(
    ("make", "wrong", "message"),
    [
        (lambda wrong: GlobusAuthorizationParameters(required_scopes=wrong), "a", "'required_scopes' should be a list"),
        (lambda wrong: GlobusAuthorizationParameters(session_required_mfa=wrong), 1, "_mfa' should be true or false"),
        (lambda wrong: GARE(wrong, {}), 1, "'code' should be text, it is a int"),
        (lambda wrong: GARE("c", wrong), 1, "'authorization_parameters' should be"),
        (GARE.from_dict, ["c"], "expected a dict, got a list"),
    ],
)
def test_wrong_types(make: Callable[[Any], object], wrong: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make(wrong)
