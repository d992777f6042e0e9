"""Modules have what globus-sdk's have: names, parameters, defaults. Read from globus-sdk at test time."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import globus_sdk
import globus_sdk.gare
import globus_sdk.globus_app
import globus_sdk.login_flows
import globus_sdk.token_storage
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError

MODULES = ("globus_app", "token_storage", "login_flows", "gare")
#: What has another default here, and a page of its own to say so.
_DEFAULTS = {("LocalServerLoginFlowManager", "__init__", "html_template")}
#: Of globus-sdk's own inside.
_INSIDE = {
    ("LocalServerLoginFlowManager", "background_local_server"),
    ("FileTokenStorage", "user_only_umask"),
    ("JSONTokenStorage", "user_only_umask"),
    ("SQLiteTokenStorage", "user_only_umask"),
}


def theirs(module: str) -> Any:
    return importlib.import_module(f"globus_sdk.{module}")


def ours(module: str) -> Any:
    return importlib.import_module(f"globus_transport.{module}".rstrip("."))


#: Of globus-sdk's own inside.
_LEFT_OUT = {"_force_eager_imports"}
#: Classes that stand in for another one here.
_OTHER_NAMES = {"PaginatorTable": "Paginated", "RequestsTransport": "Transport"}


def _all_modules() -> dict[str, set[str]]:
    """The public names of each module of globus-sdk that says which are public, by its path within the package."""
    modules = {"": globus_sdk}
    for found in pkgutil.walk_packages(globus_sdk.__path__, "globus_sdk."):
        path = found.name.removeprefix("globus_sdk.")
        if not any(part.startswith("_") for part in path.split(".")) and not path.startswith("testing.data"):
            modules[path] = importlib.import_module(found.name)
    names = {path: set(module.__all__) - _LEFT_OUT for path, module in modules.items() if hasattr(module, "__all__")}
    # This module says nowhere what is public in it.
    return {**names, "client": {"BaseClient"}}


def test_there_are_as_many_modules_as_programs_import_from() -> None:
    assert len(_all_modules()) >= 38


@pytest.mark.parametrize("path", _all_modules())
def test_every_public_name_of_globus_sdk_is_there(path: str) -> None:
    module = ours(path)
    assert {name for name in _all_modules()[path] if not hasattr(module, name)} == set()


@pytest.mark.parametrize("path", _all_modules())
def test_a_name_is_the_same_object_wherever_it_is_imported_from(path: str) -> None:
    for name in _all_modules()[path]:
        found = getattr(ours(path), name)
        for other_path, other_names in _all_modules().items():
            assert name not in other_names or getattr(ours(other_path), name) is found
        # A class has the name that globus-sdk has for it.
        assert not inspect.isclass(found) or found.__name__ == _OTHER_NAMES.get(name, name)


def test_the_modules_that_can_be_named_without_importing_them() -> None:
    program = (
        "import globus_transport as g; print(g.exc.NetworkError is g.NetworkError, g.client, g.response, g.paging)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True <module")


def test_the_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    peer, own = theirs("config"), ours("config")
    for environment in ("production", "preview", "test"):
        monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", environment)
        assert own.get_environment_name() == peer.get_environment_name() == environment
        assert own.get_webapp_url() == peer.get_webapp_url()
        assert own.get_webapp_url("sandbox") == peer.get_webapp_url("sandbox")
        for service in ("auth", "transfer", "groups", "flows", "timer"):
            assert own.get_service_url(service) == peer.get_service_url(service)
            assert own.get_service_url(service, environment="sandbox") == peer.get_service_url(service, "sandbox")
    file = tmp_path / "ca.pem"
    file.touch()
    for given in (None, 5, 1.5, -1):
        monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", "7")
        assert own.get_http_timeout(given) == peer.get_http_timeout(given)
    for verify in (None, True, False, "no", "Yes", str(file), file):
        monkeypatch.setenv("GLOBUS_SDK_VERIFY_SSL", "off")
        assert own.get_ssl_verify(verify) == peer.get_ssl_verify(verify)
    with pytest.raises(GlobusSDKUsageError, match="nowhere"):
        own.get_ssl_verify("nowhere")


def _classes() -> list[tuple[str, str]]:
    return [
        (module, name)
        for module in MODULES
        for name in theirs(module).__all__
        if inspect.isclass(getattr(theirs(module), name)) and name != "GARE"
    ]


@pytest.mark.parametrize(("module", "name"), _classes())
def test_methods_and_parameters(module: str, name: str) -> None:
    peer, own = getattr(theirs(module), name), getattr(ours(module), name)
    compared = 0
    for method, value in inspect.getmembers(peer, lambda one: inspect.isfunction(one) or inspect.ismethod(one)):
        if (method.startswith("_") and method != "__init__") or (name, method) in _INSIDE:
            continue
        if method == "__init__" and value is object.__init__:
            continue
        assert hasattr(own, method), f"{name}.{method} is missing"
        if not getattr(peer, "_is_protocol", False):
            assert _shape(name, own, method) == _shape(name, peer, method), f"{name}.{method}"
            compared += 1
    assert compared or getattr(peer, "_is_protocol", False) or issubclass(peer, Exception)


def _shape(name: str, cls: type, method: str) -> list[tuple[str, str]]:
    if method == "__init__":
        parameters = list(inspect.signature(cls).parameters.values())
    else:
        parameters = [one for one in inspect.signature(getattr(cls, method)).parameters.values() if one.name != "self"]
    shape = []
    for one in parameters:
        known = (name, method, one.name) in _DEFAULTS or callable(one.default)
        # The settings are compared by themselves.
        known = known or type(one.default).__name__ == "GlobusAppConfig"
        shape.append((one.name, "..." if known else repr(one.default)))
    return shape


def test_the_settings() -> None:
    peer, own = globus_sdk.GlobusAppConfig(), globus_transport.GlobusAppConfig()
    assert [one.name for one in dataclasses.fields(own)] == [one.name for one in dataclasses.fields(peer)]
    for field in dataclasses.fields(peer):
        value, mine = getattr(peer, field.name), getattr(own, field.name)
        if callable(value):
            assert mine.__name__ == value.__name__
        else:
            assert mine == value
    assert dataclasses.replace(own, auto_redrive_gares=True).auto_redrive_gares is True
