"""The template of a client of one's own service: copied, renamed as its README says, tested and type-checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import globus_transport
from tests.docs.examples import DOCS, EXAMPLES

TEMPLATE = EXAMPLES / "own_service"
#: Its files that the page shows.
SHOWN = {"inventory/__init__.py", "inventory/client.py", "tests/test_inventory.py", "pyproject.toml"}


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template for a service with the name beamlines, made as step 1 of the README says."""
    folder = tmp_path_factory.mktemp("own") / "package"
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (folder / "inventory").rename(folder / "beamlines")
    (folder / "tests" / "test_inventory.py").rename(folder / "tests" / "test_beamlines.py")
    for file in folder.rglob("*.*"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("inventory", "beamlines").replace("Inventory", "Beamlines"), "utf-8")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # In place of an installation, which needs a network.
    package = Path(globus_transport.__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(package)])}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def test_its_tests_pass(renamed: Path) -> None:
    done = run(renamed, "pytest", "-q", "-p", "no:cacheprovider")
    assert "8 passed" in done.stdout, done.stdout + done.stderr


def test_its_types_are_right(renamed: Path) -> None:
    mypy = run(renamed, "mypy", "--strict", ".")
    assert "Success: no issues found in 3 source files" in mypy.stdout, mypy.stdout + mypy.stderr
    pyright = run(renamed, "pyright", "--pythonpath", sys.executable)
    assert pyright.stdout.startswith("0 errors, 0 warnings"), pyright.stdout + pyright.stderr


def test_it_is_a_package_with_types(renamed: Path) -> None:
    settings = tomllib.loads((renamed / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["name"] == "beamlines"
    assert settings["tool"]["setuptools"] == {"packages": ["beamlines"], "package-data": {"beamlines": ["py.typed"]}}
    assert (renamed / "beamlines" / "py.typed").exists()


def test_the_page_shows_its_files_and_its_commands() -> None:
    page = (DOCS / "own_service.rst").read_text("utf-8")
    for name in SHOWN:
        assert f":: examples/own_service/{name}" in page
    readme = (TEMPLATE / "README.md").read_text("utf-8")
    for command in (".venv/bin/pytest", ".venv/bin/mypy --strict ."):
        assert command in page
        assert f"\n{command}\n" in readme
