"""The scopes of the services are those of globus-sdk, under the same names."""

from __future__ import annotations

import uuid
from typing import Any

import globus_sdk.scopes
import pytest

import globus_transport.scopes
from globus_transport import GlobusSDKUsageError, Scope
from globus_transport.scopes import DynamicScopeCollection, StaticScopeCollection

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
_DYNAMIC = ("GCSEndpointScopes", "GCSCollectionScopes", "SpecificFlowScopes")
_STATIC = [name for name in globus_sdk.scopes.__all__ if name.endswith("Scopes") and name not in _DYNAMIC]


def _attributes(collection: Any) -> dict[str, str]:
    names = [name for name in dir(collection) if not name.startswith("_")]
    return {name: f"{type(value).__name__} {value}" for name in names for value in [getattr(collection, name)]}


def test_every_name_is_here() -> None:
    assert set(globus_sdk.scopes.__all__) <= set(vars(globus_transport.scopes)["__all__"])
    assert set(vars(globus_transport.scopes)["__all__"]) <= set(dir(globus_transport.scopes))
    for name in vars(globus_transport.scopes)["__all__"]:
        assert getattr(globus_transport.scopes, name).__class__
    with pytest.raises(AttributeError, match="NoScopes"):
        globus_transport.scopes.NoScopes  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", _STATIC)
def test_a_service(name: str) -> None:
    ours, theirs = getattr(globus_transport.scopes, name), getattr(globus_sdk.scopes, name)
    assert _attributes(ours) == _attributes(theirs)
    assert list(map(str, ours)) == list(map(str, theirs))
    assert all(isinstance(one, Scope) for one in ours)


@pytest.mark.parametrize("name", _DYNAMIC)
@pytest.mark.parametrize("given", [str(ID), "other"])
def test_one_of_many(name: str, given: str) -> None:
    ours, theirs = getattr(globus_transport.scopes, name)(given), getattr(globus_sdk.scopes, name)(given)
    assert list(map(str, ours)) == list(map(str, theirs))
    # globus-sdk makes some of them when they are read.
    assert _attributes(ours) == _attributes(theirs)
    assert _attributes(getattr(globus_transport.scopes, name)(ID)) == _attributes(
        getattr(globus_transport.scopes, name)(str(ID))
    )


@pytest.mark.parametrize("name", _DYNAMIC)
@pytest.mark.parametrize("given", ["", None, 1])
def test_what_is_no_id_is_refused(name: str, given: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=name):
        getattr(globus_transport.scopes, name)(given)


def test_own_collections() -> None:
    class Static(StaticScopeCollection):
        resource_server = "x"
        one = Scope("x:one")

    class Dynamic(DynamicScopeCollection):
        def __init__(self, resource_server: str) -> None:
            super().__init__(resource_server)
            self.two = Scope(f"{resource_server}:two")

        @property
        def three(self) -> Scope:
            return Scope(f"{self.resource_server}:three")

        @property
        def title(self) -> str:
            return f"scopes of {self.resource_server}"

    assert list(Static()) == [Scope("x:one")]
    assert set(Dynamic("y")) == {Scope("y:two"), Scope("y:three")}
    assert repr(Dynamic("y")) == "<scopes of y>"
