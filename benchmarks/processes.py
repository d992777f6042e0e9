"""Python programs, run from start to end."""

from __future__ import annotations

import subprocess
import sys


def run_program(program: str, *arguments: str) -> str:
    """What it prints.

    :raises CalledProcessError: if it fails
    """
    run = subprocess.run([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout
