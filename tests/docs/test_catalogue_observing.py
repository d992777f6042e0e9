"""The programs of the pages on the cache, cassettes, the dry run and observing."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import ConsoleSpanExporter

from globus_transport import NotRecordedError, TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


@pytest.fixture
def token(globus: Sandbox) -> str:
    return globus.issue_token(TransferScopes.all).access_token


def layers(printed: str) -> list[str]:
    return [line.split()[0] for line in printed.splitlines()]


def test_cache(globus: Sandbox, token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    client = run("catalogue/cache.py", TRANSFER_ACCESS_TOKEN=token)["client"]
    assert layers(capsys.readouterr().out)[-3:] == ["cache", "keep_collections", "=>"]
    collection = str(globus.add_collection("Scratch").id)
    first = client.get_endpoint(collection)
    again = client.get_endpoint(collection)
    assert again.data == first.data
    assert again.headers["Age"] == "0"
    assert globus.requests.count(path=f"/v0.10/endpoint/{collection}") == 1
    client.update_endpoint(collection, {"DATA_TYPE": "endpoint", "description": "new"})
    assert client.get_endpoint(collection)["description"] == "new"
    client.task_list()
    client.task_list()
    assert globus.requests.count(path="/v0.10/task_list") == 2


def test_cassette(globus: Sandbox, token: str, run: RunExample, tmp_path: Path) -> None:
    cassette = tmp_path / "nothing_failed.json"
    run("catalogue/cassette.py", TRANSFER_ACCESS_TOKEN=token, CASSETTE=str(cassette))
    assert len(globus.requests) == 1
    assert token not in cassette.read_text()
    run("catalogue/cassette.py", TRANSFER_ACCESS_TOKEN="another", CASSETTE=str(cassette))
    assert len(globus.requests) == 1
    document = json.loads(cassette.read_text())
    document["calls"] = []
    cassette.write_text(json.dumps(document))
    with pytest.raises(NotRecordedError, match="task_list"):
        run("catalogue/cassette.py", TRANSFER_ACCESS_TOKEN=token, CASSETTE=str(cassette))


def test_dry_run(
    globus: Sandbox,
    token: str,
    run: RunExample,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collection = str(globus.add_collection("Scratch").id)
    monkeypatch.setattr("sys.argv", ["dry_run.py"])
    run("catalogue/dry_run.py", TRANSFER_ACCESS_TOKEN=token, COLLECTION_ID=collection)
    shown = capsys.readouterr().out
    assert shown.startswith("Not sent (dry run): POST ")
    assert "\nAuthorization: <hidden>\n" in shown
    assert '"path": "/scratch/old/"' in shown
    assert token not in shown
    assert {request.method for request in globus.requests} == {"GET"}
    monkeypatch.setattr("sys.argv", ["dry_run.py", "--for-real"])
    run("catalogue/dry_run.py", TRANSFER_ACCESS_TOKEN=token, COLLECTION_ID=collection)
    assert globus.requests.count(method="POST") == 1


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    log = logging.getLogger("my_app.http")
    yield log
    for handler in list(log.handlers):
        log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


@pytest.mark.usefixtures("log")
def test_structured_log(token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    run("catalogue/structured_log.py", TRANSFER_ACCESS_TOKEN=token)
    (line,) = capsys.readouterr().err.splitlines()
    record = json.loads(line)
    assert (record["event"], record["level"]) == ("http.call.answered", "INFO")
    assert (record["http_route"], record["http_status"]) == ("task_list", 200)


def test_open_telemetry(
    globus: Sandbox,
    token: str,
    run: RunExample,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # By default it writes to the standard output at the time of its import, which may be that of another test.
    exporter = partial(ConsoleSpanExporter, out=sys.stdout)
    monkeypatch.setattr("opentelemetry.sdk.trace.export.ConsoleSpanExporter", exporter)
    names = run("catalogue/open_telemetry.py", TRANSFER_ACCESS_TOKEN=token)
    names["provider"].shutdown()
    printed = capsys.readouterr().out
    spans = [json.loads(text) for text in printed.replace("\n}\n{", "\n}\x00{").split("\x00")]
    attempt, call, report = spans
    assert [span["name"] for span in spans] == ["GET task_list"] * 2 + ["nightly report"]
    assert attempt["parent_id"] == call["context"]["span_id"]
    assert call["parent_id"] == report["context"]["span_id"]
    assert token not in printed
    assert "traceparent" not in globus.requests[0].headers
