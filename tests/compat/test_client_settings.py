"""``client.retry_config`` and ``client.transport``, as programs for globus-sdk use them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import globus_sdk.transport
import pytest

from globus_transport import (
    AsyncTransferClient,
    AuthClient,
    GlobusAPIError,
    GlobusConnectionError,
    GlobusSDKUsageError,
    Request,
    Response,
    Retry,
    RetryConfig,
    TransferClient,
)
from globus_transport.transport import (
    RetryCheckCollection,
    RetryCheckFlags,
    RetryCheckResult,
    RetryContext,
    set_retry_check_flags,
)

EXTERNAL = b'{"code": "ExternalError.DirListingFailed", "message": "x"}'


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, which do not take place."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


class Scripted:
    """Answers with one status after the other, the last one again and again."""

    def __init__(self, statuses: Iterable[int], body: bytes = b"{}") -> None:
        self.statuses = list(statuses)
        self.body = body
        self.sent: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        status = self.statuses[min(len(self.sent), len(self.statuses)) - 1]
        return Response(status, {"Content-Type": "application/json"}, self.body, request=request)


def sends(client: Any, terminal: Scripted, method: str = "get") -> int:
    """How often a call is sent."""
    before = len(terminal.sent)
    with suppress(GlobusAPIError):
        getattr(client, method)("/x")
    return len(terminal.sent) - before


def test_settings_are_read_and_assigned() -> None:
    terminal = Scripted([503])
    client, other = (TransferClient(terminal=terminal) for _ in range(2))
    client.retry_config.max_retries = 2
    client.retry_config.transient_error_status_codes = (503,)
    assert (client.retry_config.max_retries, other.retry_config.max_retries) == (2, 5)
    assert (sends(client, terminal), sends(other, terminal)) == (3, 6)
    client.retry_config = RetryConfig(max_retries=0)
    assert sends(client, terminal) == 1
    other.retry_config = client.retry_config
    assert sends(other, terminal) == 1
    with pytest.raises(GlobusSDKUsageError, match=r"max_retries=-1.*not negative"):
        client.retry_config.max_retries = -1
    with pytest.raises(GlobusSDKUsageError, match="expected a RetryConfig, got a dict"):
        client.retry_config = {}  # type: ignore[assignment]


def test_tune_holds_for_a_block() -> None:
    terminal = Scripted([503])
    client = TransferClient(terminal=terminal)
    with suppress(ZeroDivisionError), client.retry_config.tune(max_retries=0):
        assert sends(client, terminal) == 1
        raise ZeroDivisionError
    assert sends(client, terminal) == 6
    with client.retry_config.tune():
        assert sends(client, terminal) == 6


def test_a_copy_of_the_client_keeps_its_settings() -> None:
    terminal = Scripted([503])
    client = TransferClient(terminal=terminal)
    copy = client.with_stack(client.stack)
    client.retry_config.max_retries = 0
    assert (sends(client, terminal), sends(copy, terminal)) == (1, 6)


def test_the_rule_of_the_service_is_kept_whichever_way() -> None:
    terminal = Scripted([502], EXTERNAL)
    client = TransferClient(terminal=terminal)
    client.retry_config.max_retries = 3
    assert sends(client, terminal) == 1
    client.retry_config = RetryConfig(max_retries=3)
    assert sends(client, terminal) == 1
    assert sends(client.with_stack(client.stack.replace("retry", Retry(RetryConfig(max_retries=3)))), terminal) == 1
    client.stack = client.stack.replace("retry", Retry(RetryConfig(max_retries=3)))
    assert sends(client, terminal) == 1
    assert sends(AuthClient(terminal=terminal), terminal) == 6


@pytest.mark.parametrize("package", ["own", "globus-sdk"])
def test_a_check_decides_what_the_layer_does_not(package: str) -> None:
    result: Any = RetryCheckResult if package == "own" else globus_sdk.transport.RetryCheckResult
    terminal = Scripted([404, 404, 200], b'{"code": "NotYet"}')
    client = TransferClient(terminal=terminal)
    seen: list[RetryContext] = []

    @client.retry_config.checks.register_check
    def not_yet(context: RetryContext) -> Any:
        seen.append(context)
        assert context.response is not None
        if context.response.status_code == 404 and context.response.json()["code"] == "NotYet":
            return result.do_retry
        return result.no_decision

    assert sends(client, terminal) == 3
    assert [context.attempt for context in seen] == [0, 1, 2]
    assert seen[0].response is not None
    assert seen[0].response.headers["content-type"] == "application/json"
    assert (seen[0].response.text, seen[0].response.ok) == (terminal.body.decode(), False)
    assert seen[0].caller_info.retry_config.max_retries == 5
    assert list(client.retry_config.checks) == [not_yet]
    assert len(TransferClient().retry_config.checks) == 0


def test_checks_do_not_override_what_is_safe_or_what_the_service_says() -> None:
    def always(_context: RetryContext) -> RetryCheckResult:
        return RetryCheckResult.do_retry

    config = RetryConfig(checks=(always,))
    for terminal, method, expected in (
        (Scripted([404]), "post", 1),
        (Scripted([500]), "post", 1),
        (Scripted([404]), "get", 6),
        (Scripted([502], EXTERNAL), "get", 1),
    ):
        assert sends(TransferClient(terminal=terminal, retry_config=config), terminal, method) == expected


def test_the_first_decision_is_followed_and_some_run_once() -> None:
    collection = RetryCheckCollection()
    asked: list[str] = []

    @collection.register_check
    @set_retry_check_flags(RetryCheckFlags.RUN_ONCE)
    def once(_context: RetryContext) -> RetryCheckResult:
        asked.append("once")
        return RetryCheckResult.do_retry

    def never(_context: RetryContext) -> RetryCheckResult:
        asked.append("never")
        return RetryCheckResult.do_not_retry

    def unreached(_context: RetryContext) -> RetryCheckResult:
        raise AssertionError

    collection.register_many_checks([never, unreached])
    terminal = Scripted([404])
    assert sends(TransferClient(terminal=terminal, retry_config=RetryConfig(checks=collection)), terminal) == 2
    assert asked == ["once", "never"]


def test_backoff_gives_the_pause(waits: list[float]) -> None:
    attempts: list[int] = []

    def backoff(context: RetryContext) -> float:
        attempts.append(context.attempt)
        return 3.0 if context.attempt == 0 else 1000.0

    def check(context: RetryContext) -> RetryCheckResult:
        context.backoff = 7.0
        done = context.response is None or context.response.ok
        return RetryCheckResult.no_decision if done else RetryCheckResult.do_retry

    client = TransferClient(terminal=Scripted([503, 503, 200]), retry_config=RetryConfig(backoff=backoff, max_sleep=20))
    client.get("/x")
    assert (waits, attempts) == ([3.0, 20.0], [0, 1])
    waits.clear()
    client = TransferClient(terminal=Scripted([404, 200]), retry_config=RetryConfig(checks=[check], backoff=backoff))
    client.get("/x")
    assert waits == [7.0]


def test_an_exception_is_no_matter_of_checks_unless_the_layer_leaves_it() -> None:
    def check(_context: RetryContext) -> RetryCheckResult:
        raise AssertionError

    def fail(_request: Request) -> Response:
        raise GlobusConnectionError("no")

    client = TransferClient(terminal=fail, retry_config=RetryConfig(max_retries=1, checks=[check]))
    with pytest.raises(GlobusConnectionError):
        client.get("/x")


def test_what_is_no_check_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"checks=.*3 is no function"):
        RetryConfig(checks=[3])  # type: ignore[list-item]
    with pytest.raises(GlobusSDKUsageError, match="backoff=3"):
        RetryConfig(backoff=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("client_class", [TransferClient, AsyncTransferClient])
def test_transport_is_read_and_tuned(client_class: type[TransferClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    client, other = client_class(), client_class()
    assert (client.transport.verify_ssl, client.transport.http_timeout) == (True, 60.0)
    before = client.stack.terminal
    with client.transport.tune(http_timeout=-1, verify_ssl=False):
        assert (client.transport.verify_ssl, client.transport.http_timeout) == (False, None)
        assert client.stack.terminal.connect_timeout is None  # type: ignore[attr-defined]
    assert client.stack.terminal is before
    client.transport.http_timeout = 5
    client.transport.verify_ssl = False
    assert (client.transport.verify_ssl, client.transport.http_timeout) == (False, 5)
    assert (other.transport.verify_ssl, other.transport.http_timeout) == (True, 60.0)
    with pytest.raises(GlobusSDKUsageError, match="http_timeout"):
        client.transport.http_timeout = -3


def test_a_terminal_of_the_program_has_its_own_settings() -> None:
    client = TransferClient(terminal=Scripted([200]))
    with pytest.raises(GlobusSDKUsageError, match=r"client\.transport: the connections are those of"):
        _ = client.transport.http_timeout
    client.stack = client.stack.replace("retry", lambda request: request)
    with pytest.raises(GlobusSDKUsageError, match="'retry' of the client is"):
        client.retry_config.max_retries = 3


def test_a_check_of_a_streamed_reply_leaves_it_unread() -> None:
    def check(context: RetryContext) -> RetryCheckResult:
        assert context.response is not None
        return RetryCheckResult.no_decision

    terminal = Scripted([200], json.dumps({"a": 1}).encode())
    client = TransferClient(terminal=terminal, retry_config=RetryConfig(checks=[check]))
    assert client.request("GET", "/x", stream=True)["a"] == 1


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Proxy-Authorization"])
def test_a_credential_is_no_default_header_which_goes_to_every_server(name: str) -> None:
    client = TransferClient(terminal=Scripted([200]))
    with pytest.raises(GlobusSDKUsageError, match=f"{name} would go to every server") as caught:
        client.transport.headers[name] = "Bearer SECRET"
    assert "SECRET" not in str(caught.value)
    with pytest.raises(GlobusSDKUsageError, match=name):
        client.transport.headers.update({name: "Bearer SECRET"})
    assert name not in client.transport.headers
