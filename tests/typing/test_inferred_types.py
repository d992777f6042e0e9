"""What type checkers make of the package: programs of users, and wrong ones, under mypy --strict and pyright."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import globus_transport

_SAMPLES = Path(__file__).parent / "samples"
_ROOT = Path(globus_transport.__file__).parent.parent
_WRONG = "wrong_uses.py"

#: A complaint: which file, which line, and the text.
Complaint = tuple[str, int, str]


def _mypy(files: list[str]) -> list[Complaint]:
    done = _run("mypy", "--strict", "--no-error-summary", "--hide-error-context", *files)
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    assert done.returncode == (1 if found else 0), done.stdout + done.stderr
    return [(Path(file).name, int(line), text) for file, line, text in found]


def _pyright(files: list[str]) -> list[Complaint]:
    done = _run("pyright", "--pythonpath", sys.executable, "--outputjson", *files)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] >= len(files), done.stdout + done.stderr
    return [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"])
        for one in report["generalDiagnostics"]
        if one["severity"] in ("error", "warning")
    ]


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=_ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module", params=[_mypy, _pyright], ids=["mypy", "pyright"])
def complaints(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Complaint]:
    """What one checker says about all samples together."""
    check: Callable[[list[str]], list[Complaint]] = request.param
    # Kept as text, so that nobody checks it who wants a tree without errors.
    wrong = tmp_path_factory.mktemp("samples") / _WRONG
    shutil.copy(_SAMPLES / f"{_WRONG}.txt", wrong)
    return check([*map(str, sorted(_SAMPLES.glob("*.py"))), str(wrong)])


@pytest.mark.parametrize("sample", sorted(path.name for path in _SAMPLES.glob("*.py")))
def test_a_right_program_has_the_types_that_it_asserts(sample: str, complaints: list[Complaint]) -> None:
    assert [one for one in complaints if one[0] == sample] == []


def test_every_wrong_use_is_found_and_nothing_else(complaints: list[Complaint]) -> None:
    lines = (_SAMPLES / f"{_WRONG}.txt").read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert len(wrong) > 20
    assert {line for file, line, _ in complaints if file == _WRONG} == wrong


def test_nothing_else_is_complained_about(complaints: list[Complaint]) -> None:
    samples = {_WRONG, *(path.name for path in _SAMPLES.glob("*.py"))}
    assert [one for one in complaints if one[0] not in samples] == []


def test_every_name_of_the_package_is_known_to_the_checkers() -> None:
    source = Path(globus_transport.__file__).with_suffix(".pyi").read_text()
    for name in [*vars(globus_transport)["__all__"], "AiohttpTerminal"]:
        assert f" as {name}\n" in source or f" as {name}," in source
