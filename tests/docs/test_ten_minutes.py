"""The programs of the page that writes a middleware in ten minutes."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.examples import EXAMPLES


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES / "ten_minutes",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_test_passes() -> None:
    assert "2 passed" in _run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_traffic.py")


def test_it_runs_in_a_client() -> None:
    # The client prints what traffic.py counted.
    *stack, counted = _run("in_a_client.py").splitlines()
    assert [line.split()[0] for line in stack[3:6]] == ["redirect", "traffic", "retry"]
    assert "2 calls" in stack[4]
    assert "'operation_ls': 214" in counted
