"""The command ``globus-transport``, or ``python -m globus_transport``: ``demo``, ``sandbox`` and ``middleware``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

from globus_transport import __version__
from globus_transport.public_names import explain_missing

#: Each command, with its module and what it does.
_COMMANDS = {
    "demo": ("globus_transport.demo.transfer_demo", "a transfer that survives an expired token, on a local Globus"),
    "sandbox": ("globus_transport.sandbox.cli", "a local Globus, until Ctrl-C"),
    "middleware": ("globus_transport.middleware.published", "the layers that installed packages offer"),
}

_OPTIONS = {
    "--help": "this text; after a command, its options",
    "--version": "the versions of the package and of Python",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the commands.

    :param argv: the arguments, without the name of the program; by default those of this process
    :return: the exit status: 2 if the command is missing or unknown
    """
    command, *rest = (sys.argv[1:] if argv is None else list(argv)) or [""]
    try:
        if command in ("-h", "--help"):
            print(_usage())
            return 0
        if command in ("-V", "--version"):
            print(f"globus_transport {__version__}, Python {sys.version.split()[0]}")
            return 0
        if command not in _COMMANDS:
            print(f"{_complaint(command)}\n\n{_usage()}", file=sys.stderr)
            return 2
        return _run(command, rest)
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more when it flushes.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 0


def _run(command: str, argv: list[str]) -> int:
    module, _ = _COMMANDS[command]
    try:
        run = import_module(module).main
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError):
            error = explain_missing(f"the command {command}", error)
        print(error, file=sys.stderr)
        return 1
    status: int = run(argv)
    return status


def _complaint(command: str) -> str:
    if not command:
        return "Which command?"
    what = "option" if command.startswith("-") else "command"
    nearest = get_close_matches(command, [*_COMMANDS, *_OPTIONS], 1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"{command!r} is no {what}{hint}"


def _usage() -> str:
    rows = [*((name, what) for name, (_, what) in _COMMANDS.items()), *_OPTIONS.items()]
    lines = "\n".join(f"  {name:<12}{what}" for name, what in rows)
    return f"usage: python -m globus_transport COMMAND [OPTIONS]\n   or: globus-transport COMMAND [OPTIONS]\n\n{lines}"


if __name__ == "__main__":
    sys.exit(main())
