"""Modules have what globus-sdk's have: names, parameters, defaults. Read from globus-sdk at test time."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import globus_sdk
import globus_sdk.gare
import globus_sdk.globus_app
import globus_sdk.login_flows
import globus_sdk.token_storage
import globus_sdk.token_storage.validating_token_storage
import pytest

import globus_transport
import globus_transport.token_storage
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
    return importlib.import_module(f"globus_transport.{module}")


@pytest.mark.parametrize("module", MODULES)
def test_modules_have_the_same_names(module: str) -> None:
    assert set(theirs(module).__all__) - set(ours(module).__all__) == set()


#: Further modules that programs import from, and what is left out of them: of globus-sdk's inside, or in another shape.
FACADES: dict[str, set[str]] = {
    "authorizers": set(),
    "client": set(),
    "config": {"EnvConfig"},
    "exc": {"RemovedInV5Warning", "convert_request_exception", "warn_deprecated"},
    "paging": set(),
    "response": set(),
    "scopes": set(),
    "services.auth": set(),
    "services.gcs": set(),
    "services.gcs.data": set(),
    "services.transfer": set(),
    "transport": {"FormRequestEncoder", "GlobusClientInfo", "JSONRequestEncoder", "RequestEncoder"},
}


#: Classes that stand in for another one here.
_OTHER_NAMES = {"PaginatorTable": "Paginated", "RequestsTransport": "Transport"}


@pytest.mark.parametrize("module", FACADES)
def test_facades_have_the_names_that_are_not_left_out(module: str) -> None:
    # That module says nowhere what is public in it.
    names = {"BaseClient"} if module == "client" else set(theirs(module).__all__)
    assert {name for name in names if not hasattr(ours(module), name)} == FACADES[module]
    for name in names - FACADES[module]:
        found = getattr(ours(module), name)
        # A class is the same one wherever it is imported from, and has the name that globus-sdk has for it.
        assert getattr(globus_transport, name, found) is found
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


def test_the_errors_have_the_same_names() -> None:
    names = {
        name
        for name in globus_sdk.token_storage.validating_token_storage.__all__
        if hasattr(globus_transport.token_storage, name)
    }
    assert set(globus_sdk.token_storage.validating_token_storage.__all__) == names


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


def test_the_top_level() -> None:
    for name in ("GlobusApp", "UserApp", "ClientApp", "GlobusAppConfig", "ValidationError", "IDTokenDecoder"):
        assert hasattr(globus_sdk, name)
        assert hasattr(globus_transport, name)
