"""The programs of the page on writing a middleware."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    MiddlewareError,
    Request,
    Response,
    TransferAPIError,
    TransferClient,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from tests.core.stepping import FakeStream
from tests.docs.examples import EXAMPLES, RunExample


@pytest.fixture
def token(globus: Sandbox) -> str:
    return globus.issue_token(TransferScopes.all).access_token


@pytest.mark.parametrize(("seconds", "logged"), [(5.5, ["transfer.get_task took 5.5 s"]), (4.5, [])])
def test_log_slow_calls(seconds: float, logged: list[str], run: RunExample, caplog: pytest.LogCaptureFixture) -> None:
    names = run("middleware/log_slow_calls.py")
    times = iter([100.0, 100.0 + seconds, 100.0 + seconds])
    names["time"] = SimpleNamespace(perf_counter=lambda: next(times))
    flow = names["log_slow_calls"](Request("GET", "https://service.example.org/", route="transfer.get_task"))
    next(flow)
    answer = Response(200)
    with caplog.at_level(logging.WARNING, "my_app"), pytest.raises(StopIteration) as end:
        flow.send(answer)
    assert end.value.value is answer
    assert caplog.messages == logged


def test_only_the_request(run: RunExample, monkeypatch: pytest.MonkeyPatch) -> None:
    name_the_job = run("middleware/name_the_job.py")["name_the_job"]
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    assert name_the_job(Request("GET", "https://service.example.org/")).headers["X-Job"] == "4711"


def test_streamed_bodies(run: RunExample) -> None:
    names = run("middleware/hash_bodies.py")
    flow = names["hash_bodies"](Request("GET", "https://service.example.org/", stream=True))
    next(flow)
    with pytest.raises(StopIteration) as end:
        flow.send(Response(200, stream=FakeStream(b"12", b"34")))
    assert b"".join(end.value.value.stream) == b"1234"
    assert names["checksum"].hexdigest() == hashlib.sha256(b"1234").hexdigest()


def test_the_hand_stepped_test_passes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_pace.py"],
        cwd=EXAMPLES / "middleware",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.usefixtures("no_pauses", "examples_import_each_other")
def test_layers_in_a_client(
    globus: Sandbox, token: str, run: RunExample, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    names = run("middleware/add_to_a_client.py", TRANSFER_ACCESS_TOKEN=token)
    layers = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert layers == [
        "errors",
        "deadline",
        "redirect",
        "log_slow_calls",
        "retry",
        "pace",
        "authorizer",
        "headers",
        "structured_logging",
        "=>",
    ]
    waits: list[float] = []
    globus.faults.add(503, headers={"Retry-After": "0"})
    with caplog.at_level(logging.DEBUG, "globus_transport"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", waits.append)
        assert names["paced"].task_list()["DATA"] == []
    # The second attempt waited for the retry layer, which takes no time here, and then for Pace.
    assert 0 < waits[-1] <= 0.1
    messages = [record.getMessage() for record in caplog.records if record.name == "globus_transport"]
    assert [message.split(" in ")[0].rpartition(" ")[2] for message in messages] == ["503", "200"]
    assert globus.requests.count() == 2


def test_call_next(globus: Sandbox, token: str, run: RunExample) -> None:
    names = run("middleware/call_next.py")
    with TransferClient(authorizer=AccessTokenAuthorizer(token)) as client:
        client.with_stack(client.stack.add(names["tag"])).task_list()
        with pytest.raises(MiddlewareError, match="AsyncStack"):
            client.stack.add(names["async_tag"])

    async def tagged() -> None:
        async with AsyncTransferClient(authorizer=AccessTokenAuthorizer(token)) as client:
            await client.with_stack(client.stack.add(names["async_tag"])).task_list()
            with pytest.raises(MiddlewareError, match="Stack"):
                client.stack.add(names["tag"])

    asyncio.run(tagged())
    assert [sent.headers.get("X-Job") for sent in globus.requests] == ["nightly", "nightly"]


@pytest.mark.usefixtures("no_pauses")
def test_own_retrying(globus: Sandbox, run: RunExample) -> None:
    client = run("middleware/own_retrying.py")["client"]
    # The condition has 503, and not 502, which is retried by default.
    globus.faults.add(503, times=None, path="/v0.10/task_list")
    globus.faults.add(502, times=None, path="/v0.10/endpoint_search")
    with pytest.raises(TransferAPIError, match="503"):
        client.task_list()
    with pytest.raises(TransferAPIError, match="502"):
        client.endpoint_search("x")
    assert globus.requests.count(path="/v0.10/task_list") == 8
    assert globus.requests.count(path="/v0.10/endpoint_search") == 1


def test_a_body_that_says_busy_is_asked_again(globus: Sandbox, run: RunExample) -> None:
    make_client = run("middleware/retry_on_body.py")["make_client"]
    globus.faults.add(200, body={"status": "busy"}, path="/v0.10/anything")
    globus.faults.add(200, body={"status": "ready"}, path="/v0.10/anything")
    globus.faults.add(200, body={"status": "busy"}, times=None, path="/v0.10/never")
    with make_client(globus.transfer_url) as client:
        client.retry_config.backoff = lambda _context: 0.0
        assert client.get("/v0.10/anything")["status"] == "ready"
        assert client.get("/v0.10/never")["status"] == "busy"
    assert globus.requests.count(path="/v0.10/anything") == 2
    assert globus.requests.count(path="/v0.10/never") == 4


def test_a_token_file(globus: Sandbox, token: str, run: RunExample, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{token}\n")
    authorizer = run("middleware/token_file.py")["TokenFileAuthorizer"](file)
    with TransferClient(authorizer=authorizer) as client:
        assert client.task_list()["DATA"] == []
        globus.revoke_all_access_tokens()
        with pytest.raises(TransferAPIError, match="401"):
            client.task_list()
        file.write_text(globus.issue_token(TransferScopes.all).access_token)
        assert client.task_list()["DATA"] == []
        globus.revoke_all_access_tokens()
        # The token is refused once, then the file is read again.
        file.write_text(globus.issue_token(TransferScopes.all).access_token)
        before = len(globus.requests)
        assert client.task_list()["DATA"] == []
        assert len(globus.requests) == before + 2
