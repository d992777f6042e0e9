"""``python -m globus_transport``: the commands ``demo``, ``sandbox`` and ``middleware``."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from globus_transport.public_names import explain_missing

_USAGE = """\
usage: python -m globus_transport demo         a transfer that survives an expired token, on a local Globus
       python -m globus_transport sandbox      a local Globus, until Ctrl-C (--help lists its options)
       python -m globus_transport middleware   the layers that installed packages offer"""

_COMMANDS = {
    "demo": "globus_transport.demo.transfer_demo",
    "sandbox": "globus_transport.sandbox.cli",
    "middleware": "globus_transport.middleware.published",
}


def main(argv: list[str]) -> int:
    """Run one of the commands.

    :return: the exit status
    """
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command in ("-h", "--help"):
        print(_USAGE)
        return 0
    if command not in _COMMANDS:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        run = import_module(_COMMANDS[command]).main
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError):
            error = explain_missing(f"the command {command}", error)
        print(error, file=sys.stderr)
        return 1
    try:
        status: int = run(rest)
        return status
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more when it flushes.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
