"""The errors of Groups and Timers, read as globus-sdk reads them."""

from __future__ import annotations

from typing import Any

import globus_sdk
import globus_sdk.testing
import pytest

import globus_transport
from globus_transport import GlobusAPIError, GroupsAPIError, GroupsClient, Request, Response, TimersAPIError
from globus_transport.testing import RegisteredResponse, construct_error, get_response_set
from tests.wire.meant_differences import VALUES

_FIELD = {"loc": ["body", "start"], "msg": "field required", "type": "value_error.missing"}
_OTHER = {"loc": ["body", "callback_url"], "msg": "no URL", "type": "value_error.url"}

DOCUMENTS: dict[str, Any] = {
    "errors": {"errors": [{"code": "GROUP_NOT_FOUND", "detail": "no such group"}]},
    "errors of one code": {"errors": [{"code": "X", "detail": "a"}, {"code": "X", "title": "b"}]},
    "errors of two codes": {"errors": [{"code": "X", "detail": "a"}, {"code": "Y", "message": "b"}]},
    "code and message": {"code": "FORBIDDEN", "message": "not for you", "request_id": "r"},
    "error": {"error": {"code": "ERROR", "detail": "request failed terribly", "status": 500}},
    "an error without a text": {"error": {"code": "ERROR"}},
    "an error and details": {"error": {"code": "ERROR"}, "detail": [_FIELD]},
    "details": {"detail": [_FIELD, _OTHER]},
    "details of one code": {"detail": [{**_FIELD, "code": "MISSING"}, {**_OTHER, "code": "MISSING"}]},
    "a detail without a text": {"detail": [{"loc": ["body"]}, _OTHER]},
    "details that are no objects": {"detail": ["x", _FIELD]},
    "a detail": {"detail": "not authenticated"},
    "nothing": {},
}


#: Groups has no error under "error"; every class of this package reads one, in globus-sdk only that of Timers.
_CASES = [
    pytest.param(name, document, id=f"{name}, {case}")
    for name in ("GroupsAPIError", "TimersAPIError")
    for case, document in DOCUMENTS.items()
    if name == "TimersAPIError" or "error" not in document
]


@pytest.mark.parametrize(("name", "document"), _CASES)
def test_an_error_document(name: str, document: dict[str, Any]) -> None:
    ours, theirs = _construct_both(name, document)
    assert _contents(ours) == _contents(theirs)
    assert type(ours) is getattr(globus_transport, name)


def _construct_both(name: str, document: Any) -> tuple[GlobusAPIError, Any]:
    ours = construct_error(http_status=422, body=document, error_class=getattr(globus_transport, name))
    theirs = globus_sdk.testing.construct_error(
        http_status=422, body=document, error_class=getattr(globus_sdk, name), method="POST"
    )
    return ours, theirs


def _contents(error: Any) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "messages": error.messages,
        "errors": [(one.raw, one.code, one.message) for one in error.errors],
        "request_id": error.request_id,
    }


def test_the_index_of_an_item_is_a_part_of_the_location() -> None:
    detail = {"loc": ["body", "end", 0], "msg": "field required"}
    ours, theirs = _construct_both("TimersAPIError", {"detail": [detail]})
    case = 'TimersAPIError.messages, for {"loc": ["body", "end", 0], "msg": "field required"}'
    assert (theirs.messages, ours.messages) == VALUES[case][:2]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ([], "field required"),
        (None, "field required"),
        ("body", "field required"),
    ],
)
def test_no_message_is_lost_for_its_location(location: Any, message: str) -> None:
    # globus-sdk leaves out a message whose location has the index of an item of a list, or is no list.
    ours, theirs = _construct_both("TimersAPIError", {"detail": [{"loc": location, "msg": "field required"}]})
    assert ours.messages == [message]
    assert theirs.messages in ([], ["field required: "])
    assert str(ours).startswith("422")
    assert message in str(ours)


@pytest.mark.parametrize(("client", "error"), [("GroupsClient", GroupsAPIError), ("TimersClient", TimersAPIError)])
def test_a_client_raises_its_own(client: str, error: type[GlobusAPIError]) -> None:
    def refuse(request: Request) -> Response:
        return Response(404, {"Content-Type": "application/json"}, b'{"code": "X", "message": "no"}', request=request)

    with pytest.raises(GlobusAPIError) as raised:
        getattr(globus_transport, client)(terminal=refuse).get("/x")
    assert type(raised.value) is error
    assert raised.value.code == "X"


def test_a_session_that_groups_requires() -> None:
    document = {
        "code": "FORBIDDEN",
        "message": "a recent login is needed",
        "authorization_parameters": {"session_required_mfa": True, "session_message": "log in again"},
    }
    ours, theirs = _construct_both("GroupsAPIError", document)
    assert ours.info.authorization_parameters
    assert theirs.info.authorization_parameters
    assert ours.info.authorization_parameters.session_required_mfa is True
    assert GroupsClient.error_class is GroupsAPIError


def test_the_ready_made_error_has_its_messages() -> None:
    reply = get_response_set("timer.create_job").lookup("validation_error")
    assert isinstance(reply, RegisteredResponse)
    assert isinstance(reply.json, dict)
    error = construct_error(http_status=reply.status, body=reply.json, error_class=TimersAPIError)
    assert error.messages == reply.metadata["expect_messages"]
