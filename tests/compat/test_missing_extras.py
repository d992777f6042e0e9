"""Without an extra, what needs it says what to install, and looking at the package works."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HIDE = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""
ALL = {"aiohttp", "authlib", "flask", "joserfc", "jwt", "cryptography", "requests", "responses", "werkzeug", "httpx"}


def run(program: str, hidden: set[str]) -> subprocess.CompletedProcess[str]:
    program = _HIDE.format(hidden=sorted(hidden)) + program
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("program", "package", "extra"),
    [
        ("from globus_transport.embed.requests import GlobusAuth", "requests", "requests"),
        ("from globus_transport.embed.requests import StackAdapter", "requests", "requests"),
        ("from globus_transport.embed.httpx import GlobusAuth", "httpx", "httpx"),
        ("from globus_transport.embed.aiohttp import GlobusAuth", "aiohttp", "aiohttp"),
        ("from globus_transport.terminals import RequestsTerminal", "requests", "requests"),
        ("from globus_transport.terminals import AiohttpTerminal", "aiohttp", "aiohttp"),
        ("from globus_transport import AiohttpTerminal; AiohttpTerminal(None)", "aiohttp", "aiohttp"),
        ("from globus_transport.sandbox import Sandbox", "", "sandbox"),
        ("import globus_transport.testing", "", "testing"),
    ],
)
def test_it_is_named(program: str, package: str, extra: str) -> None:
    done = run(program, ALL)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: globus_transport")
    assert f"needs {package}" in last
    assert last.endswith(f'which is not installed: run pip install "globus_transport[{extra}]"')


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_the_commands(command: str) -> None:
    done = run(
        f"import runpy; sys.argv[1:] = [{command!r}]; runpy.run_module('globus_transport', run_name='__main__')", ALL
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.strip().endswith('run pip install "globus_transport[sandbox]"')


def test_looking_at_the_package() -> None:
    program = """
import inspect, pydoc
import globus_transport
members = dict(inspect.getmembers(globus_transport))
assert hasattr(globus_transport, "AiohttpTerminal")
assert "pip install" in members["AiohttpTerminal"].__doc__
pydoc.render_doc(globus_transport)
pydoc.render_doc(globus_transport.AiohttpTerminal)
from globus_transport import *
"""
    done = run(program, ALL)
    assert (done.returncode, done.stderr) == (0, "")
