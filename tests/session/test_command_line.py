"""``python -m globus_transport`` and ``globus-transport``: help, version, and commands that do not exist."""

from __future__ import annotations

import configparser
from importlib import import_module
from pathlib import Path

import pytest

import globus_transport
from globus_transport.__main__ import main

SETUP = Path(__file__).parents[2] / "setup.cfg"


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "python -m globus_transport COMMAND" in shown
    assert "globus-transport COMMAND" in shown
    for command in ("demo", "sandbox", "middleware", "--help", "--version"):
        assert f"\n  {command} " in shown


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith(f"globus_transport {globus_transport.__version__}, Python 3.")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["sandbax", "--folder", "x"], "'sandbax' is no command; did you mean 'sandbox'?"),
        (["middlewares"], "'middlewares' is no command; did you mean 'middleware'?"),
        (["--hlp"], "'--hlp' is no option; did you mean '--help'?"),
        (["dance"], "'dance' is no command"),
        ([], "Which command?"),
    ],
)
def test_an_unknown_command_is_named_with_the_nearest(
    given: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[0] == complaint
    assert "usage: python -m globus_transport COMMAND" in shown.err


def test_the_help_of_the_sandbox_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sandbox", "--help"])
    assert ended.value.code == 0
    _, _, options = capsys.readouterr().out.partition("options:\n")
    lines = options.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("  -"):
            # An option's explanation begins in its line, or in the next one, which is indented further.
            assert len(line.split("  ")) > 2 or following.startswith(" " * 20), line


def test_the_console_script_is_the_same_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = configparser.ConfigParser()
    setup.read(SETUP, "utf-8")
    name, _, target = setup["options.entry_points"]["console_scripts"].strip().partition(" = ")
    module, _, function = target.partition(":")
    assert name == "globus-transport"
    monkeypatch.setattr("sys.argv", [name, "--version"])
    assert getattr(import_module(module), function)() == 0
    assert "globus_transport" in capsys.readouterr().out
