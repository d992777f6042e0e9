"""Importing the package is cheap, and the lists of names in it agree."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import globus_transport
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole

#: Names that are there to import, and take an extra.
_WITH_AN_EXTRA = {"AiohttpTerminal", "RequestsTerminal"}
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


def _packages() -> list[str]:
    """The packages that load their names when they are used."""
    found = pkgutil.walk_packages(globus_transport.__path__, "globus_transport.")
    names = ["globus_transport", *(module.name for module in found if module.ispkg)]
    return [name for name in names if _file(name, "__init__.pyi").exists()]


def _file(package: str, name: str) -> Path:
    return Path(globus_transport.__file__).parent.parent.joinpath(*package.split("."), name)


def _seen_by_type_checkers(package: str) -> dict[str, str]:
    return {
        alias.name: f"{node.module}"
        for node in ast.parse(_file(package, "__init__.pyi").read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", _packages())
def test_no_name_is_that_of_a_module(package: str) -> None:
    # Importing the module would put it in the place of the name, for example of the function.
    module: Any = importlib.import_module(package)
    modules = {submodule.name for submodule in pkgutil.iter_modules(module.__path__)}
    names = {name for homes_names in module._NAMES.values() for name in homes_names}
    assert not names & modules


@pytest.mark.parametrize("package", _packages())
def test_type_checkers_see_the_names_that_there_are(package: str) -> None:
    module: Any = importlib.import_module(package)
    seen = _seen_by_type_checkers(package)
    submodules = {name for name, home in seen.items() if home == package}
    assert submodules == set(getattr(module, "_SUBMODULES", ()))
    names = {name: home for name, home in seen.items() if name not in submodules}
    assert names == {
        name: f"globus_transport.{home}" for home, homes_names in module._NAMES.items() for name in homes_names
    }
    assert {*names} - {*module.__all__} == {*getattr(module, "_WITH_AN_EXTRA", ())}
    assert {*seen} <= {*dir(module)}


@pytest.mark.parametrize("package", _packages())
def test_every_name_of_a_package_is_there(package: str) -> None:
    module: Any = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'Klient'"):
        module.Klient  # noqa: B018


def test_every_terminal_can_be_imported_from_the_top_and_from_terminals() -> None:
    files = Path(globus_transport.__file__).parent.joinpath("terminals").rglob("*.py")
    classes = {
        node.name
        for file in files
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Terminal") and not node.name.startswith("_")
    }
    assert {"Urllib3Terminal", "AsyncioTerminal", "RequestsTerminal", "WSGITerminal"} <= classes
    terminals = importlib.import_module("globus_transport.terminals")
    assert classes == {*terminals.__all__}
    for name in classes:
        assert getattr(globus_transport, name) is getattr(terminals, name)


@pytest.mark.parametrize(
    ("library", "names"),
    [
        ("requests", ["GlobusAuth", "StackAdapter"]),
        ("httpx", ["GlobusAuth", "StackTransport", "AsyncStackTransport"]),
        ("httpx2", ["GlobusAuth", "StackTransport", "AsyncStackTransport"]),
        ("aiohttp", ["GlobusAuth", "StackMiddleware"]),
        ("urllib3", ["StackPool"]),
    ],
)
def test_an_embedding_has_its_names_in_its_module(library: str, names: list[str]) -> None:
    module = importlib.import_module(f"globus_transport.embed.{library}")
    for name in names:
        assert isinstance(getattr(module, name), type)


@pytest.mark.parametrize("name", sorted({*vars(globus_transport)["__all__"], *_WITH_AN_EXTRA}))
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


def test_packages_load_nothing_but_themselves() -> None:
    names = [name for name in _packages() if name != "globus_transport"]
    program = (
        f"import sys, {', '.join(names)}\n"
        "print(*sorted(name for name in sys.modules if name.startswith('globus_transport.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    parents = {name.rpartition(".")[0] for name in names} - {"globus_transport"}
    assert done.stdout.split() == sorted({*names, *parents, "globus_transport.public_names"})


@pytest.mark.parametrize(
    ("client", "service"),
    [
        ("GroupsClient", "groups"),
        ("TimersClient", "timers"),
        ("TransferClient", "transfer"),
        ("SearchClient", "search"),
        ("FlowsClient", "flows"),
        ("SpecificFlowClient", "flows"),
        ("GCSClient", "gcs"),
        ("ComputeClientV2", "compute"),
        ("ComputeClientV3", "compute"),
        ("experimental.TransferClientV2", "transfer"),
    ],
)
def test_a_client_loads_its_own_service_only(client: str, service: str) -> None:
    program = (
        f"import sys, globus_transport, globus_transport.experimental; globus_transport.{client}\n"
        "print({name.split('.')[2] for name in sys.modules if name.startswith('globus_transport.services.')})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr({service})


def test_a_call_that_succeeds_does_not_load_tenacity() -> None:
    program = (
        "import sys\n"
        "from globus_transport import Response, TransferClient\n"
        "TransferClient(terminal=lambda request: Response(200, body=b'{}')).get_task('x')\n"
        "print(sorted({'urllib3', 'tenacity', 'asyncio'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_blocking_program_loads_neither_asyncio_nor_tenacity() -> None:
    program = (
        "import sys\n"
        "from globus_transport import AccessTokenAuthorizer, TransferClient\n"
        "client = TransferClient(base_url=sys.argv[1], authorizer=AccessTokenAuthorizer('token'))\n"
        "assert client.get_task('x')['status'] == 'ACTIVE'\n"
        "print(sorted({'tenacity', 'asyncio'} & sys.modules.keys()))"
    )

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b'{"status": "ACTIVE"}'))

    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with ScriptedServer(script) as server:
        command = [sys.executable, "-c", program, server.origin]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30)
    assert (done.stderr, done.stdout.strip()) == ("", "[]")
