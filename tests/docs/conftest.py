"""A sandbox that the environment names to clients, and a way to run examples that closes their clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from globus_transport import BaseClient
from globus_transport.sandbox import Sandbox
from tests.docs.examples import EXAMPLES, RunExample, run_example
from tests.docs.person import Person


@pytest.fixture
def globus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def run(globus: Sandbox) -> Iterator[RunExample]:
    with ExitStack() as clients:

        def run_and_close_later(name: str, **constants: str) -> dict[str, Any]:
            names = run_example(name, **constants)
            for value in names.values():
                if isinstance(value, BaseClient):
                    clients.callback(value.close)
            return names

        yield run_and_close_later


@pytest.fixture
def person(
    globus: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Person:
    person = Person(globus, capsys)
    monkeypatch.setattr("builtins.input", person.type_code)
    monkeypatch.setenv("HOME", str(tmp_path))
    return person


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between two polls of a task, and before a retry, take no time."""
    real_sleep = asyncio.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("asyncio.sleep", lambda seconds: real_sleep(0))


@pytest.fixture
def examples_import_each_other(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The examples of middleware import each other, as programs in one folder do."""
    folder = EXAMPLES / "middleware"
    monkeypatch.syspath_prepend(folder)
    yield
    for file in folder.glob("*.py"):
        sys.modules.pop(file.stem, None)
