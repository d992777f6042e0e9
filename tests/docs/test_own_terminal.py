"""The programs of the page on terminals of one's own."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.examples import EXAMPLES

TERMINAL, CONTRACT = EXAMPLES / "embedding/counting_terminal.py", EXAMPLES / "embedding/test_counting_terminal.py"


def test_the_terminal_keeps_the_contract() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", CONTRACT.name],
        cwd=TERMINAL.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
