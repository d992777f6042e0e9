"""Python programs, run from start to end."""

from __future__ import annotations

import os
import subprocess
import sys

# pip compiles what it installs, and so does Python what it imports; a setting of ours must not make
# every start of a program compile this package anew.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run_program(program: str, *arguments: str, **environment: str) -> str:
    """What it prints.

    :param environment: variables to set
    :raises CalledProcessError: if it fails
    """
    command = [sys.executable, "-c", program, *arguments]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**_ENVIRONMENT, **environment})
    return run.stdout
