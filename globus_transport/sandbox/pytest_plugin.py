"""Fixtures for tests of applications that use Globus.

pytest finds the fixtures when the package is installed. A fixture of the same name in a ``conftest.py`` replaces them.
No sandbox starts before a test requests one::

    def test_my_application(globus, globus_environment):
        data = globus.add_collection("Data")
        (data.folder / "file").write_text("content")
        globus.faults.add(503, path="/v0.10/operation/*")
        assert my_application.list_files(data.id) == ["file"]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

# The package, not its names: pytest loads this plugin in every run, and only tests with a sandbox need Flask.
from globus_transport import sandbox


@pytest.fixture(scope="session")
def globus_seed() -> object:
    """What the sandboxes hold when they start; by default nothing. Replace it in ``conftest.py``.

    :return: ``None``, or what ``Sandbox(seed=...)`` takes
    """
    return None


@pytest.fixture
def globus(globus_seed: Any) -> Iterator[sandbox.Sandbox]:
    """A running sandbox, for one test. It has no collections unless ``globus_seed`` says so."""
    with sandbox.Sandbox(seed=globus_seed) as running:
        yield running


@pytest.fixture(scope="session")
def globus_session(globus_seed: Any) -> Iterator[sandbox.Sandbox]:
    """A running sandbox for the whole run, whose addresses stay. Under pytest-xdist each worker has its own."""
    with sandbox.Sandbox(seed=globus_seed) as running:
        yield running


@pytest.fixture
def globus_reset(globus_session: sandbox.Sandbox) -> sandbox.Sandbox:
    """The sandbox of the run, in the state in which it started."""
    globus_session.reset()
    return globus_session


@pytest.fixture
def globus_environment(globus: sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the environment variables that direct clients to ``globus`` while the test runs.

    :return: the variables that were set
    """
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    return globus.environ
