"""Importing the package is cheap, and the lists of names in it agree."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import globus_transport
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole

#: Names that are there to import, and take an extra.
_WITH_AN_EXTRA = {"AiohttpTerminal"}
_EXTRAS = [
    "aiohttp",
    "requests",
    "httpx",
    "httpx2",
    "opentelemetry",
    "orjson",
    "httptools",
    "responses",
    "flask",
    "authlib",
    "jwt",
    "cryptography",
]


def test_all_names_at_once_take_no_extra() -> None:
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({_EXTRAS!r}))\n"
        "from globus_transport import *\n"
        "print(TransferClient.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "TransferClient"


def _seen_by_type_checkers(file: str) -> dict[str, str]:
    return {
        alias.name: f"{node.module}"
        for branch in ast.parse(Path(file).read_text()).body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_see_the_names_that_there_are() -> None:
    seen = _seen_by_type_checkers(globus_transport.__file__)
    modules = {name for name, home in seen.items() if home == "globus_transport"}
    assert modules == globus_transport._SUBMODULES
    names = {name: home for name, home in seen.items() if name not in modules}
    assert names == {name: f"globus_transport.{module}" for name, module in globus_transport._MODULES.items()}
    assert sorted({*names, "__version__"} - _WITH_AN_EXTRA) == sorted(globus_transport.__all__)


@pytest.mark.parametrize("name", ["authorizers", "exc", "services.auth", "services.transfer"])
def test_so_they_do_in_lazy_modules(name: str) -> None:
    module = importlib.import_module(f"globus_transport.{name}")
    assert module.__file__ is not None
    # A package finds its names in itself.
    home = module.__name__ if hasattr(module, "__path__") else "globus_transport"
    seen = _seen_by_type_checkers(module.__file__)
    assert seen == {one: f"{home}.{where}" for one, where in module._MODULES.items()}
    assert sorted(seen) == sorted(module.__all__)
    assert {*seen} <= {*dir(module)}
    assert all(getattr(module, one).__name__ == one for one in seen)
    with pytest.raises(AttributeError, match="has no attribute 'Klient'"):
        module.Klient  # noqa: B018


@pytest.mark.parametrize("name", [*globus_transport.__all__, *_WITH_AN_EXTRA])
def test_every_name_is_there(name: str) -> None:
    assert getattr(globus_transport, name) is not None
    assert name in dir(globus_transport)


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'TransferKlient'"):
        globus_transport.TransferKlient  # type: ignore[attr-defined]  # noqa: B018


def test_importing_loads_nothing_of_weight() -> None:
    program = (
        "import sys, globus_transport\n"
        "heavy = {'urllib3', 'tenacity', 'ssl', 'attr', 'socket', 'http.client', 'asyncio'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(globus_transport.__file__).parent.parent,
    )
    assert done.stdout.strip() == "[]"


def test_lazy_modules_load_no_other() -> None:
    program = (
        "import sys, globus_transport\n"
        "from globus_transport import authorizers, exc\n"
        "from globus_transport.services import auth, transfer\n"
        "print(*sorted(name for name in sys.modules if name.startswith('globus_transport.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = ["authorizers", "exc", "services", "services.auth", "services.transfer"]
    assert done.stdout.split() == [f"globus_transport.{name}" for name in loaded]


def test_a_call_that_succeeds_does_not_load_tenacity() -> None:
    program = (
        "import sys\n"
        "from globus_transport import Response, TransferClient\n"
        "TransferClient(terminal=lambda request: Response(200, body=b'{}')).get_task('x')\n"
        "print(sorted({'urllib3', 'tenacity', 'asyncio'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_first_short_reply_loads_nothing_of_what_others_need() -> None:
    late = (
        *("scopes.collections", "scopes.scope", "services.auth.flow_managers", "authorizers.protocols"),
        *("attempts", "middleware.retry_advice", "middleware.retry_after", "url_secrets", "events"),
        *("routing.paging", "routing.json_body", "routing.app", "api_errors"),
        *("services.auth.errors", "services.auth.token_replies", "services.auth.client_fields", "tokens.renewal"),
        *("services.transfer.errors", "services.transfer.filters", "services.transfer.replies"),
        *("terminals.heads", "terminals.replies", "terminals.long_reply", "terminals.streams", "terminals.decoding"),
        *("terminals.bodies", "terminals.broken", "terminals.tls", "terminals.proxies"),
    )
    program = (
        "import sys\n"
        "from globus_transport import ConfidentialAppAuthClient, RefreshTokenAuthorizer, TransferClient, Transport\n"
        "at = {'base_url': sys.argv[1], 'transport': Transport(fast=False)}\n"
        "auth = ConfidentialAppAuthClient('c', 's', **at)\n"
        "authorizer = RefreshTokenAuthorizer('r', auth, access_token='a', expires_at=9_999_999_999)\n"
        "client = TransferClient(authorizer=authorizer, **at)\n"
        "assert client.get_task('x')['status'] == 'ACTIVE'\n"
        f"print([name for name in {late!r} if 'globus_transport.' + name in sys.modules])\n"
        "client.paginated.task_list, client.scopes.all, client.stack['retry']\n"
    )

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b'{"status": "ACTIVE"}'))

    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with ScriptedServer(script) as server:
        command = [sys.executable, "-c", program, server.origin]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30)
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"
    for name in late:
        # What was renamed would never be found.
        importlib.import_module(f"globus_transport.{name}")
