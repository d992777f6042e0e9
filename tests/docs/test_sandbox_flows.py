"""The test of the page on the sandbox's Flows."""

from __future__ import annotations

from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


def test_the_archive(globus: Sandbox, globus_environment: dict[str, str], run: RunExample) -> None:
    run("sandbox_flows/test_archive.py")["test_archive"](globus, globus_environment)
