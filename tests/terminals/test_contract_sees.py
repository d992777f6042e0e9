"""The contract of terminals finds the terminals that break it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.terminals.bad_terminals import TO_FAIL

ROOT = Path(__file__).parents[2]
BAD = "tests/terminals/bad_terminals.py"


def test_each_breach_is_seen() -> None:
    ids = [f"{BAD}::{name}::{test}" for name, test in sorted(TO_FAIL)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rf", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly", *ids],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = set(re.findall(rf"^FAILED {re.escape(BAD)}::(\w+)::(\w+)", done.stdout, re.MULTILINE))
    assert TO_FAIL - failed == set(), done.stdout + done.stderr
