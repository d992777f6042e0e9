"""The fixtures of the pytest plugin."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.installed_plugin import run_pytest

NOTHING_LOADED = """
import sys
import threading

def test_nothing_is_loaded():
    assert "globus_transport.sandbox.pytest_plugin" in sys.modules
    assert not {"flask", "authlib", "werkzeug"} & set(sys.modules)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sandbox")]
"""

FIXTURES = """
import os

def test_a_running_sandbox(globus):
    assert globus.auth_url.startswith("http://127.0.0.1:")
    assert os.environ.get("GLOBUS_SDK_SERVICE_URL_AUTH") is None
    globus.add_collection("A")

def test_each_test_has_its_own(globus, globus_environment):
    assert globus.collections == []
    assert os.environ["GLOBUS_SDK_SERVICE_URL_TRANSFER"] == globus.transfer_url
    assert globus_environment == globus.environ

def test_the_environment_is_as_before():
    assert os.environ.get("GLOBUS_SDK_SERVICE_URL_TRANSFER") is None
"""

SESSION = """
import pytest

@pytest.fixture(scope="session")
def globus_seed():
    return "two-collections"

urls = []

def test_one_sandbox_for_the_run(globus_session):
    urls.append(globus_session.environ)
    globus_session.add_collection("A")

@pytest.mark.parametrize("number", [1, 2])
def test_it_starts_again(globus_reset, number):
    assert [globus_reset.environ] == urls
    assert [collection.display_name for collection in globus_reset.collections] == ["Source", "Destination"]
    globus_reset.add_collection("B")

def test_one_of_its_own_is_seeded_as_well(globus, globus_session):
    assert len(globus.collections) == 2
    assert globus.environ != globus_session.environ
"""

OWN = """
import pytest

@pytest.fixture
def globus():
    return "mine"

def test_own_fixture_wins(globus):
    assert globus == "mine"
"""


def check_passes(place: Path, text: str, count: int) -> None:
    tests = place / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(text)
    done = run_pytest(place / "site", tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{count} passed" in done.stdout


def test_importing_the_plugin_loads_and_starts_nothing(tmp_path: Path) -> None:
    check_passes(tmp_path, NOTHING_LOADED, 1)


def test_fixtures(tmp_path: Path) -> None:
    check_passes(tmp_path, FIXTURES, 3)


def test_fixtures_for_a_whole_run(tmp_path: Path) -> None:
    check_passes(tmp_path, SESSION, 4)


def test_own_fixtures_win(tmp_path: Path) -> None:
    check_passes(tmp_path, OWN, 1)
