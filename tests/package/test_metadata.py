"""What a package index and a newcomer read is right: metadata, README, and the names of files in the documents."""

from __future__ import annotations

import re
from configparser import ConfigParser
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest

import globus_transport

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "globus_transport"
#: Extras for work on the package. The README's table is for its users.
DEVELOPERS = {"docs", "test", "hosts", "bench", "dev"}

_LINK = re.compile(r"\]\(([^)\s]+)|(?:href|src)=\"([^\"]+)\"|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_FILE = re.compile(r"`{1,2}((?:[\w.]+/)+[\w.]*|[A-Z]+\.md|setup\.cfg)`{1,2}")


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def setup() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read_string(_read("setup.cfg"))
    return parser


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in _lines(text))}


def test_the_readme_explains_every_extra_for_users(setup: ConfigParser) -> None:
    table = _read("README.md").partition("| extra |")[2].partition("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    explained = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert explained == set(setup["options.extras_require"]) - DEVELOPERS


@pytest.mark.parametrize("extra", sorted(DEVELOPERS))
def test_an_extra_for_developers_is_named(extra: str, setup: ConfigParser) -> None:
    assert extra in setup["options.extras_require"]
    text = _read("README.md") + _read("CONTRIBUTING.md")
    assert f".[{extra}]" in text or f"extra `{extra}`" in text


def test_extras_ask_for_extras_that_there_are(setup: ConfigParser) -> None:
    extras = setup["options.extras_require"]
    for text in extras.values():
        for names in re.findall(r"globus_transport\[([^]]*)\]", text):
            assert {*names.split(",")} <= set(extras)


def test_links_of_the_readme_work_on_a_package_index() -> None:
    links = ["".join(groups) for groups in _LINK.findall(_read("README.md"))]
    assert links
    assert [link for link in links if not link.startswith("https://")] == []


def test_the_versions_of_python_begin_with_the_oldest_that_is_required(setup: ConfigParser) -> None:
    minors = re.findall(r"^Programming Language :: Python :: 3\.(\d+)$", setup["metadata"]["classifiers"], re.MULTILINE)
    oldest = int(setup["options"]["python_requires"].removeprefix(">=3."))
    assert [int(minor) for minor in minors] == list(range(oldest, oldest + len(minors)))
    assert f'target-version = "py3{oldest}"' in _read("ruff.toml")
    for name in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        # A source distribution has no .ci.
        if (ROOT / name).exists():
            assert re.findall(r"3\.\d+(?= or later)", _read(name)) == [f"3.{oldest}"]


def test_the_changelog_has_the_version() -> None:
    assert f"\n## {globus_transport.__version__} (" in _read("CHANGELOG.md")


def test_entry_points_lead_to_something(setup: ConfigParser) -> None:
    groups = setup["options.entry_points"]
    assert {*groups} == {"console_scripts", "pytest11", "globus_transport.middleware"}
    for group in groups.values():
        for target in _pairs(group).values():
            module, _, name = target.partition(":")
            loaded = import_module(module)
            assert not name or callable(getattr(loaded, name))


def test_every_file_that_is_no_module_is_in_the_wheel(setup: ConfigParser) -> None:
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    data = [path for path in files if path.suffix != ".py"]
    assert len(data) > 20
    patterns = {
        name: [pattern.strip() for pattern in value.replace("\n", ",").split(",")]
        for name, value in setup["options.package_data"].items()
    }
    for path in data:
        matches = any(
            fnmatch(path.relative_to(folder).as_posix(), pattern)
            for name in patterns
            for folder in [path.parent if name == "*" else ROOT.joinpath(*name.split("."))]
            if path.is_relative_to(folder)
            for pattern in patterns[name]
        )
        assert matches, f"{path.relative_to(ROOT)} is not in package_data"


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md", "docs/threat_model.rst"])
def test_the_files_that_a_document_names_are_there(name: str) -> None:
    named = _FILE.findall(_read(name))
    assert named
    places = (ROOT, PACKAGE, ROOT / "tests")
    missing = [path for path in named if not any((place / path).exists() for place in places)]
    # Made by a command, or not in a source distribution.
    assert {*missing} <= {"dist/", ".ci/run"}
