"""The application part has what globus-sdk's has: names, parameters, defaults. Read from globus-sdk at test time."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
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

MODULES = ("globus_app", "token_storage", "login_flows", "gare")
#: What has another default here, and a page of its own to say so.
_DEFAULTS = {("LocalServerLoginFlowManager", "__init__", "html_template")}
#: Of globus-sdk's own inside.
_INSIDE = {
    ("LocalServerLoginFlowManager", "background_local_server"),
    ("GlobusApp", "get_client_retry_checks"),
    ("UserApp", "get_client_retry_checks"),
    ("ClientApp", "get_client_retry_checks"),
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
