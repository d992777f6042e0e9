"""The example tests of logins (test_logins.py), run as their readers would."""

from pathlib import Path

from tests.sandbox.installed_plugin import ROOT, run_pytest


def test_the_example(tmp_path: Path) -> None:
    tests = ROOT / "docs" / "examples" / "logins"
    # Without the settings of this project: readers have none of them.
    done = run_pytest(tmp_path, "-c", "/dev/null", "--rootdir", tests, tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
