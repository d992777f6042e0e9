"""Programs as users of globus-sdk write them: with the import changed, and nothing else, they print the same."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.testing import use_responses
from tests.terminals.fresh_terminal import forget_proxies

_FOLDER = Path(__file__).parent / "programs"
_NOT_IN_THE_SANDBOX = ("__init__.py", "tests_with_responses.py")
PROGRAMS = sorted(path.name for path in _FOLDER.glob("*.py") if path.name not in _NOT_IN_THE_SANDBOX)


@contextlib.contextmanager
def sandbox_for_programs(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Sandbox]:
    """A sandbox with two collections, of which the programs know by environment variables."""
    home.mkdir()
    with Sandbox() as sandbox:
        source, destination = sandbox.add_collection("Beamline"), sandbox.add_collection("Archive")
        (source.folder / "folder").mkdir()
        (source.folder / "a.txt").write_text("a text")
        (source.folder / "folder" / "b.txt").write_text("another one")
        token = sandbox.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all").access_token
        with monkeypatch.context() as environment:
            for name, value in {
                **sandbox.environ,
                "HOME": str(home),
                "NATIVE_CLIENT_ID": sandbox.native_client_id,
                "CLIENT_ID": sandbox.client_id,
                "CLIENT_SECRET": sandbox.client_secret,
                "SOURCE": source.id,
                "DESTINATION": destination.id,
                "TRANSFER_TOKEN": token,
                "USERNAME": sandbox.user.username,
            }.items():
                environment.setenv(name, value)
            yield sandbox


def run(name: str, package: str, globus: Sandbox | None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that a program prints. The user opens the address of a login, and types the code."""
    source = (_FOLDER / name).read_text().replace("globus_sdk", package)
    lines: list[str] = []
    others = io.StringIO()

    def answer(prompt: str = "") -> str:
        assert globus is not None
        words = f"{others.getvalue()} {prompt}".split()
        return globus.approve(next(word for word in reversed(words) if "/v2/oauth2/authorize" in word))

    def print_line(*values: object) -> None:
        lines.append(" ".join(map(str, values)))

    monkeypatch.setattr("builtins.input", answer)
    with contextlib.redirect_stdout(others):
        exec(compile(source, name, "exec"), {"__name__": "__main__", "print": print_line})
    return lines


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_the_same_with_both_packages(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forget_proxies(monkeypatch)
    printed = []
    for package in ("globus_sdk", "globus_transport"):
        with sandbox_for_programs(monkeypatch, tmp_path / package) as globus:
            if name == "retries.py":
                globus.faults.add(503, method="GET", path="*/endpoint/*", times=2)
                globus.faults.add(503, method="GET", path="*/task_list", times=1)
            printed.append(run(name, package, globus, monkeypatch))
    assert printed[0]
    assert printed[1] == printed[0]


def test_tests_of_a_program_pass_with_both_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)
    printed = []
    for package in ("globus_sdk", "globus_transport"):
        # The one line more that docs/testing_your_application.rst shows.
        with use_responses():
            printed.append(run("tests_with_responses.py", package, None, monkeypatch))
    assert printed[0]
    assert printed[1] == printed[0]


def test_there_are_ten_programs() -> None:
    assert len(PROGRAMS) + 1 == 10
