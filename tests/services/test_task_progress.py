"""The progress of a task that is waited for: a bar, lines, a function, or nothing."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from typing import Any

import pytest

from globus_transport import AsyncTransferClient, GlobusHTTPResponse, GlobusSDKUsageError, Response, TransferClient
from globus_transport.services.transfer.task_status import format_size

DOCUMENTS: list[dict[str, Any]] = [
    {"task_id": "t1", "status": "ACTIVE", "files": 0, "files_transferred": 0, "nice_status": "Queued"},
    {"task_id": "t1", "status": "ACTIVE", "files": 4, "files_transferred": 1, "bytes_transferred": 1234567},
    {"task_id": "t1", "status": "ACTIVE", "files": 4, "files_transferred": 1, "bytes_transferred": 1234567},
    {"task_id": "t1", "status": "ACTIVE", "files": 4, "files_transferred": 1, "nice_status": "PERMISSION_DENIED"},
    {"task_id": "t1", "status": "SUCCEEDED", "files": 4, "files_transferred": 3, "files_skipped": 1},
]
LINES = """\
task t1: ACTIVE, 0 of 0 files, 0 B
task t1: ACTIVE, 1 of 4 files, 1.2 MB
task t1: ACTIVE, 1 of 4 files, 0 B, PERMISSION_DENIED
task t1: SUCCEEDED, 4 of 4 files, 0 B
"""


class Terminal(io.StringIO):
    """A standard error stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Let a person watch: no test seems to run, and the standard error stream is this terminal."""
    leave_test(monkeypatch)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def leave_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on it looks as if no test were running. pytest sets the variable anew for each phase of a test."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")


def client() -> TransferClient:
    documents = iter(DOCUMENTS)
    return TransferClient(terminal=lambda _request: Response(200, {}, json.dumps(next(documents)).encode()))


def async_client() -> AsyncTransferClient:
    documents = iter(DOCUMENTS)

    async def terminal(_request: object) -> Response:
        return Response(200, {}, json.dumps(next(documents)).encode())

    return AsyncTransferClient(terminal=terminal)


@pytest.mark.parametrize("progress", [True, False])
def test_nothing_is_printed_in_a_test(progress: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert client().task_wait("t1", timeout=60, progress=progress)
    assert capsys.readouterr() == ("", "")


def test_lines_where_nobody_watches(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    leave_test(monkeypatch)
    assert client().task_wait("t1", timeout=60, progress=True)
    assert capsys.readouterr() == ("", LINES)
    assert client().task_wait("t1", timeout=60)
    assert capsys.readouterr() == ("", "")


def test_lines_in_a_terminal_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watch(monkeypatch)
    monkeypatch.delitem(sys.modules, "globus_transport.services.transfer.progress_bar", raising=False)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert client().task_wait("t1", timeout=60, progress=True)
    assert terminal.getvalue() == LINES


def test_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    terminal = watch(monkeypatch)
    assert client().task_wait("t1", timeout=60, progress=True)
    shown = terminal.getvalue()
    bars = [bar for bar in shown.split("\r") if bar.startswith("task t1")]
    assert "1/4" in shown
    assert "1.2 MB]" in shown
    assert "0 B, PERMISSION_DENIED]" in shown
    assert "4/4" in bars[-1]
    assert "0 B, SUCCEEDED]" in bars[-1]
    assert shown.endswith("\n"), "the terminal's next line is free"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"label": "Run 7"}, "Run 7:"),
        ({"label": "Nightly copy of all the instruments"}, "Nightly copy of all the ins...:"),
        ({"label": None, "task_id": "81a8ae5c-ecf5-4314-9edc-e879e4341006"}, "task 81a8ae5c:"),
    ],
)
def test_the_name_leaves_room_for_the_bar(fields: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    terminal = watch(monkeypatch)
    document = {**DOCUMENTS[-1], **fields}
    one = TransferClient(terminal=lambda _request: Response(200, {}, json.dumps(document).encode()))
    assert one.task_wait("t1", timeout=60, progress=True)
    assert terminal.getvalue().lstrip("\r").startswith(name)


def test_a_bar_in_a_notebook_without_widgets_is_text(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    program = """
import sys, types
# What tqdm takes for a notebook, without ipywidgets.
sys.modules["ipykernel.zmqshell"] = types.ModuleType("ipykernel.zmqshell")
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: None)
sys.modules["ipywidgets"] = None
from globus_transport.services.transfer.progress_bar import tqdm
for _ in tqdm(range(3)):
    pass
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    shown = capfd.readouterr().err
    assert "Warning" not in shown
    assert "3/3" in shown


def test_the_bar_ends_when_the_wait_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    progress_bar = pytest.importorskip("globus_transport.services.transfer.progress_bar")
    watch(monkeypatch)
    closed: list[object] = []
    monkeypatch.setattr(progress_bar.ProgressBar, "close", lambda bar: closed.append(bar))

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        client().task_wait("t1", timeout=60, progress=True)
    assert len(closed) == 1


def test_a_function_gets_each_document() -> None:
    seen: list[GlobusHTTPResponse] = []
    assert client().task_wait("t1", timeout=60, progress=seen.append)
    assert [task.data for task in seen] == DOCUMENTS


@pytest.mark.parametrize("is_coroutine", [False, True])
def test_under_asyncio(is_coroutine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    async def collect(task: GlobusHTTPResponse) -> None:
        await real_sleep(0)
        seen.append(task.data)

    async def no_sleep(_seconds: float) -> None:
        pass

    real_sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", no_sleep)
    progress: Any = collect if is_coroutine else lambda task: seen.append(task.data)
    assert asyncio.run(async_client().task_wait("t1", timeout=60, progress=progress))
    assert seen == DOCUMENTS


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=f"progress={value!r}: give True, False or a function"):
        client().task_wait("t1", progress=value)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2.5e12, "2.5 TB"), (4e17, "400.0 PB")]
)
def test_sizes(size: float, text: str) -> None:
    assert format_size(size) == text
