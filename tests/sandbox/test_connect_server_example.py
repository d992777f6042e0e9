"""The program of the page on the sandbox's Globus Connect Server."""

from __future__ import annotations

import pytest

from tests.docs.examples import run_example


def test_a_visitor_reads_a_shared_file(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("sandbox_connect_server/shared_folder.py")
    assert capsys.readouterr().out.splitlines() == ["guest Images", "206 0123"]
