"""Calls written for globus-sdk fit here: names, order, kinds and defaults of every method's parameters."""

from __future__ import annotations

import inspect

import globus_sdk
import globus_sdk.services.transfer
import pytest

import globus_transport
from tests.compat.peer_methods import APPLICATION, CLIENTS, class_of
from tests.wire.meant_differences import CONSTRUCTORS, METHODS

_PAYLOADS = ("TransferData", "DeleteData", "CreateTunnelData")
_GENERIC = ("get", "post", "put", "patch", "delete", "request")
_LOGIN = ("oauth2_start_flow", "oauth2_get_authorize_url")
_APP = tuple(sorted(APPLICATION))
# Left out means the same here: the class is loaded by the first call.
_LEFT_OUT = {"response_class": "OAuthTokenResponse"}


def _shape(signature: inspect.Signature) -> list[tuple[str, str, str]]:
    """The parameters, in a form that is the same for both packages."""
    return [(one.name, one.kind.name, _default(one)) for one in signature.parameters.values()]


def _default(parameter: inspect.Parameter) -> str:
    value = parameter.default
    if value is globus_sdk.MISSING or value is globus_transport.MISSING:
        return _LEFT_OUT.get(parameter.name, "MISSING")
    return value.__name__ if isinstance(value, type) else repr(value)


def _methods() -> list[tuple[str, str]]:
    found = []
    for client in CLIENTS:
        cls = class_of(globus_transport, client)
        names = {route.name for route in cls.routes} | {name for name in _GENERIC + _LOGIN + _APP if hasattr(cls, name)}
        found += [(client, name) for name in sorted(names)]
    return found


def _own_signature(cls: type, name: str) -> inspect.Signature:
    route = getattr(cls, name)
    if hasattr(route, "signature"):
        signature: inspect.Signature = route.signature
        return signature
    return _without_self(inspect.signature(route))


def _without_self(signature: inspect.Signature) -> inspect.Signature:
    return signature.replace(parameters=list(signature.parameters.values())[1:])


@pytest.mark.parametrize(("client", "name"), _methods())
def test_a_method(client: str, name: str) -> None:
    ours = _own_signature(class_of(globus_transport, client), name)
    theirs = _without_self(inspect.signature(getattr(class_of(globus_sdk, client), name)))
    added = METHODS.get((client, name), set())
    assert added <= set(ours.parameters)
    kept = [parameter for parameter in ours.parameters.values() if parameter.name not in added]
    assert _shape(ours.replace(parameters=kept)) == _shape(theirs)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_constructor(client: str) -> None:
    theirs = inspect.signature(class_of(globus_sdk, client)).parameters
    ours = inspect.signature(class_of(globus_transport, client)).parameters
    assert (theirs.keys() - ours.keys(), ours.keys() - theirs.keys()) == CONSTRUCTORS[client]
    shared = [name for name in theirs if name in ours]
    assert shared == [name for name in ours if name in theirs]
    assert [theirs[name].default for name in shared] == [ours[name].default for name in shared]
    assert [theirs[name].kind for name in shared] == [ours[name].kind for name in shared]


@pytest.mark.parametrize("payload", _PAYLOADS)
def test_a_payload(payload: str) -> None:
    ours, theirs = getattr(globus_transport, payload), getattr(globus_sdk.services.transfer, payload)
    names = [name for name in vars(theirs) if inspect.isfunction(vars(theirs)[name])]
    assert "__init__" in names
    for name in names:
        assert _shape(inspect.signature(getattr(ours, name))) == _shape(inspect.signature(getattr(theirs, name)))


def test_no_method_is_missing() -> None:
    theirs = {name for name, value in vars(globus_sdk.TransferClient).items() if inspect.isfunction(value)}
    ours = set(dir(globus_transport.TransferClient))
    assert len(theirs) > 60
    assert {name for name in theirs if not name.startswith("_")} - ours == set()


@pytest.mark.parametrize("name", sorted(route.name for route in globus_transport.TransferClient.routes))
def test_the_same_are_paged(name: str) -> None:
    theirs = getattr(getattr(globus_sdk.TransferClient, name), "_has_paginator", False)
    assert (globus_transport.TransferClient.routes.named(name).kind == "paged route") == theirs
