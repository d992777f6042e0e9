"""The error without the extra."""

from __future__ import annotations

import subprocess
import sys

import pytest

# With None in sys.modules an import raises ModuleNotFoundError.
SCRIPT = """
import sys
sys.modules[sys.argv[1]] = None
try:
    from globus_transport.sandbox import Sandbox
except ImportError as error:
    print(type(error).__name__, error.name, error)
"""


def import_without(missing: str) -> str:
    done = subprocess.run([sys.executable, "-c", SCRIPT, missing], capture_output=True, text=True, timeout=30)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("package", ["flask", "authlib", "joserfc", "werkzeug"])
def test_hint(package: str) -> None:
    text = import_without(package)
    assert text.startswith(f"ImportError {package} globus_transport.sandbox.Sandbox needs {package}, ")
    assert text.endswith('pip install "globus_transport[sandbox]"')


def test_a_bug_is_not_mistaken_for_a_missing_package() -> None:
    assert import_without("globus_transport.sandbox.clock").startswith(
        "ModuleNotFoundError globus_transport.sandbox.clock"
    )
