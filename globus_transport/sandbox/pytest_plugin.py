"""Fixtures for tests of applications that use Globus.

pytest finds them by itself once the package is installed. Nothing is imported or started until a test asks for it, and
a fixture of the same name in a ``conftest.py`` wins over these::

    def test_my_application(globus, globus_environment):
        data = globus.add_collection("Data")
        (data.folder / "file").write_text("content")
        globus.faults.add(503, path="/v0.10/operation/*")
        assert my_application.list_files(data.id) == ["file"]
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

# Its names are loaded when they are used: only tests with a sandbox need Flask and Authlib.
from globus_transport import sandbox


@pytest.fixture
def globus() -> Iterator[sandbox.Sandbox]:
    """A local Globus, empty and running, for one test."""
    with sandbox.Sandbox() as running:
        yield running


@pytest.fixture
def globus_environment(globus: sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Environment variables that lead the clients to ``globus`` while the test runs.

    :return: the variables that were set
    """
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    return globus.environ
