"""The template of a client of one's own service: copied, renamed as its README says, tested and type-checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import globus_transport
from tests.docs.examples import EXAMPLES

#: Its files, which the page shows.
FILES = ["inventory/__init__.py", "inventory/client.py", "tests/test_inventory.py", "pyproject.toml", "README.md"]


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template for another service."""
    folder = tmp_path_factory.mktemp("own") / "beamlines"
    shutil.copytree(EXAMPLES / "own_service", folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (folder / "inventory").rename(folder / "beamlines")
    # The words that step 1 of its README names.
    for name in ("beamlines/__init__.py", "tests/test_inventory.py", "pyproject.toml"):
        file = folder / name
        text = file.read_text()
        for before, after in (("from inventory", "from beamlines"), ('"inventory"', '"beamlines"')):
            text = text.replace(before, after)
        file.write_text(text.replace("\ninventory = [", "\nbeamlines = ["))
    return folder


def run(folder: Path, *command: str) -> str:
    # In place of an installation, which needs a network.
    package = Path(globus_transport.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(package)])}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_tests_pass(renamed: Path) -> None:
    assert "5 passed" in run(renamed, "pytest", "-q", "-p", "no:cacheprovider")


def test_it_has_types(renamed: Path) -> None:
    assert "Success: no issues found" in run(renamed, "mypy")


def test_the_page_shows_its_files() -> None:
    page = (EXAMPLES.parent / "own_service.rst").read_text("utf-8")
    here = {str(path.relative_to(EXAMPLES / "own_service")) for path in (EXAMPLES / "own_service").rglob("*.*")}
    assert {*FILES, "inventory/py.typed"} <= here
    for name in FILES[:-1]:
        assert f":: examples/own_service/{name}" in page
