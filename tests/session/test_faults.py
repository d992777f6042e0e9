"""What a server can do wrong, and what its caller is told. All over real sockets."""

from __future__ import annotations

import json
import pickle
import traceback

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from globus_transport import (
    AccessTokenAuthorizer,
    GlobusError,
    GlobusTimeoutError,
    NativeAppAuthClient,
    RedirectError,
    RefreshTokenAuthorizer,
    ReplyFormatError,
    RetryConfig,
    TransferAPIError,
    TransferClient,
    Transport,
)
from globus_transport.sandbox import Sandbox

SECRETS = ("access-token-secret", "refresh-token-secret")
JSON = {"Content-Type": "application/json"}


def assert_no_secret(error: BaseException) -> None:
    for text in (str(error), repr(error), "".join(traceback.format_exception(error)), str(pickle.dumps(error))):
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        pytest.param(b'{"status": "ACT', JSON, "expected JSON, got 15 bytes", id="malformed"),
        pytest.param(b"", JSON, "an empty body", id="empty"),
        pytest.param(b"<html>maintenance</html>", {"Content-Type": "text/html"}, "text/html", id="wrong kind"),
        pytest.param(b"\xff\xfe\x00", JSON, "expected JSON", id="no text"),
        pytest.param(b"[" * 100_000, JSON, "expected JSON", id="bottomless"),
        pytest.param(b"[1]", JSON, "list", id="another shape"),
    ],
)
def test_a_reply_that_is_no_document(
    globus: Sandbox, client: TransferClient, body: bytes, headers: dict[str, str], told: str
) -> None:
    globus.faults.add(200, headers=headers, body=body, path="/v0.10/task/x")
    reply = client.get_task("x")
    assert reply.http_status == 200
    with pytest.raises(ReplyFormatError, match=told):
        reply["status"]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"access_token": SECRETS[0]}, id="no resource server"),
        pytest.param({"resource_server": "transfer.api.globus.org", "refresh_token": SECRETS[1]}, id="no access token"),
        pytest.param(
            {"access_token": SECRETS[0], "resource_server": "transfer.api.globus.org", "other_tokens": 7}, id="no list"
        ),
        pytest.param(
            {"access_token": SECRETS[0] + "\r\nX: 1", "resource_server": "transfer.api.globus.org"}, id="line break"
        ),
    ],
)
def test_a_token_reply_that_is_none(globus: Sandbox, client: TransferClient, document: dict[str, object]) -> None:
    globus.faults.add(200, headers=JSON, body=document, service="auth", path="/v2/oauth2/token")
    with pytest.raises(GlobusError) as caught:
        client.task_list()
    assert_no_secret(caught.value)
    # The next call asks again, and works.
    assert client.task_list().http_status == 200


@pytest.mark.parametrize("expires_in", [-5, 0, 10**30, "soon", None, True, [1], 1e308, "3600", {"a": 1}])
def test_an_absurd_lifetime_is_no_reason_to_fail(globus: Sandbox, client: TransferClient, expires_in: object) -> None:
    token = globus.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all")
    document = {
        "access_token": token.access_token,
        "resource_server": "transfer.api.globus.org",
        "expires_in": expires_in,
        "scope": "urn:globus:auth:scope:transfer.api.globus.org:all",
        "something_new": {"deep": []},
    }
    globus.faults.add(200, headers=JSON, body=document, service="auth", path="/v2/oauth2/token")
    assert client.task_list().http_status == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["access_token", "resource_server", "other_tokens", "errors", "code", "message", "x"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ).map(lambda document: {"body": document}),
    ),
    status=st.sampled_from([200, 201, 400, 401, 403, 404, 409]),
    kind=st.sampled_from(["application/json", "text/plain", "application/vnd.api+json; charset=nonsense"]),
)
def test_whatever_auth_answers_the_caller_gets_our_error_or_tokens(
    globus: Sandbox, auth_client: NativeAppAuthClient, body: object, status: int, kind: str
) -> None:
    document = body["body"] if isinstance(body, dict) else body
    content = document if isinstance(document, bytes) else json.dumps(document)
    globus.faults.add(status, headers={"Content-Type": kind}, body=content, service="auth", path="/v2/oauth2/token")
    try:
        reply = auth_client.oauth2_refresh_token("x")
    except GlobusError as error:
        assert str(error)  # noqa: PT017
    else:
        assert all(token["access_token"] for token in reply.by_resource_server.values())


def test_a_redirect_loop_ends(globus: Sandbox, client: TransferClient) -> None:
    globus.faults.add(302, headers={"Location": "/v0.10/task_list"}, path="/v0.10/task_list", times=None)
    with pytest.raises(RedirectError, match="loop"):
        client.task_list()
    assert globus.requests.count(path="/v0.10/task_list") == 21


@pytest.mark.parametrize("headers", [{}, {"Location": ""}, {"Location": "ftp://elsewhere/"}, {"Location": "http://["}])
def test_a_redirect_to_nowhere(globus: Sandbox, client: TransferClient, headers: dict[str, str]) -> None:
    globus.faults.add(302, headers=headers, path="/v0.10/task_list")
    with pytest.raises(RedirectError, match="302"):
        client.task_list()


def test_a_server_that_never_answers(globus: Sandbox) -> None:
    globus.faults.add(delay=30, path="/v0.10/task/x", times=None)
    with TransferClient(
        base_url=globus.transfer_url,
        authorizer=AccessTokenAuthorizer(SECRETS[0]),
        transport=Transport(http_timeout=0.2),
        retry_config=RetryConfig(max_retries=0),
    ) as client:
        with pytest.raises(GlobusTimeoutError, match=r"0\.2 s") as caught:
            client.get_task("x")
        assert_no_secret(caught.value)


def test_a_deadline_holds_for_all_tries_together(globus: Sandbox) -> None:
    globus.faults.add(503, headers={"Retry-After": "30"}, path="/v0.10/task/x", times=None)
    with (
        TransferClient(base_url=globus.transfer_url, transport=Transport(deadline=5.0)) as client,
        pytest.raises(TransferAPIError, match="503"),
    ):
        # It would have to wait longer than it has: so it does not even begin to.
        client.get_task("x")
    assert globus.requests.count(path="/v0.10/task/x") == 1


def test_a_huge_error_is_cut(globus: Sandbox, client: TransferClient) -> None:
    globus.faults.add(400, headers={"Content-Type": "text/plain"}, body=b"x" * (5 << 20), path="/v0.10/task/x")
    with pytest.raises(TransferAPIError) as caught:
        client.get_task("x")
    assert len(caught.value.text) == 1 << 20
    assert len(str(caught.value)) < 1000


def test_a_refused_call_shows_no_secret(globus: Sandbox) -> None:
    auth_client = NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url)
    authorizer = RefreshTokenAuthorizer(SECRETS[1], auth_client, access_token=SECRETS[0], expires_at=2**33)
    with auth_client, TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
        # The access token is refused, and the refresh token too.
        with pytest.raises(GlobusError) as caught:
            client.task_list()
        assert_no_secret(caught.value)
        for shown in (client, client.stack, authorizer, auth_client, client.task_list.request()):
            assert not any(secret in f"{shown!r} {shown}" for secret in SECRETS)
