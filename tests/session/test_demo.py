"""The demo does what it says."""

from __future__ import annotations

import subprocess
import sys
import time


def test_the_demo_runs_and_says_what_happened() -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "globus_transport", "demo"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 30  # a hang; how long it takes is shown, not tested
    for line in (
        "a new access token",
        "submit_transfer: the connection was dropped; sending again",
        "get_task: status 503, Retry-After 1 s; sending again in 1.",
        "get_task: status 401; renewed in",
        "get_task: the connection was dropped",
        "2 submits made 1 task",
        "48 of 48 files",
        "Every file arrived unchanged",
    ):
        assert line in done.stdout
