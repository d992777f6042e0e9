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
ALL = {
    "aiohttp",
    "authlib",
    "cryptography",
    "flask",
    "httpx",
    "joserfc",
    "jwt",
    "keyring",
    "redis",
    "requests",
    "responses",
    "werkzeug",
}
_APP_WITH_KEYRING = """
from globus_transport import GlobusAppConfig, UserApp
from globus_transport.token_storage import KeyringTokenStorage
UserApp("app", client_id="id", config=GlobusAppConfig(token_storage=KeyringTokenStorage))
"""


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
        ("from globus_transport.token_storage import RedisTokenStorage as R; R('redis://host')", "redis", "redis"),
        ("from globus_transport.token_storage import KeyringTokenStorage as K; K()", "keyring", "keyring"),
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


def test_it_is_named_by_an_application_that_is_to_make_it() -> None:
    done = run(_APP_WITH_KEYRING, {"keyring"})
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith('needs keyring, which is not installed: run pip install "globus_transport[keyring]"')


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
from globus_transport.token_storage import *
pydoc.render_doc(globus_transport.token_storage.KeyringTokenStorage)
"""
    done = run(program, ALL)
    assert (done.returncode, done.stderr) == (0, "")
