"""Runs many commands of globus-cli in one process; with the Python that globus-cli is installed for.

Its input is a JSON document: ``variables``, and ``commands`` with ``words``, ``expected`` and ``save``. It prints the
``results``, each with ``status``, ``output`` and ``expected``, and the ``names`` of all commands that globus-cli has.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from string import Template
from typing import Any

import click
from click.testing import CliRunner
from globus_cli import main  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]


def _find(document: Any, path: str) -> str:
    for key in path.split("."):
        document = document[int(key) if key.isdecimal() else key]
    return str(document)


def run_commands(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the commands in order. A command that saves a variable is run with ``--format json``."""
    variables: dict[str, str] = document["variables"]
    results: list[dict[str, Any]] = []
    for command in document["commands"]:
        words = [Template(word).safe_substitute(variables) for word in shlex.split(command["words"])]
        if command["save"]:
            words += ["--format", "json"]
        result = CliRunner().invoke(main, words)
        output = result.output
        if command["save"] and result.exit_code == 0:
            try:
                saved = {name: _find(json.loads(result.stdout), path) for name, path in command["save"].items()}
            except (LookupError, ValueError) as error:
                output += f"nothing to save: {error!r}"
            else:
                variables |= saved
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            output += repr(result.exception)
        expected = Template(command["expected"]).safe_substitute(variables)
        results.append({"status": result.exit_code, "output": output, "expected": expected})
    return results


def all_names(command: click.Command, words: list[str]) -> Iterator[str]:
    """The names of all commands below a command."""
    if not isinstance(command, click.Group):
        yield " ".join(words)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below is not None:
            yield from all_names(below, [*words, name])


if __name__ == "__main__":
    ran = run_commands(json.load(sys.stdin))
    json.dump({"results": ran, "names": list(all_names(main, []))}, sys.stdout)
