"""The example application (portal.py, in_asgi.py), tested by its own tests (test_portal.py) as its readers would."""

from pathlib import Path

from tests.sandbox.installed_plugin import ROOT, run_pytest


def test_the_portal(tmp_path: Path) -> None:
    tests = ROOT / "docs" / "examples" / "portal"
    # Without the settings of this project: readers have none of them.
    done = run_pytest(tmp_path, "-c", "/dev/null", "--rootdir", tests, tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "14 passed" in done.stdout
