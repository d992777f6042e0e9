"""What a route can say besides its method and path. Type checkers read it; a program's start does without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from globus_transport.scopes.scope import Scope


class RouteOptions(TypedDict, total=False):
    """What a route can say besides its method and path.

    ``form``: the body is a form, not JSON. ``wrap``: the fields stand in an object under this name.
    ``constants``: fields with fixed values. ``from_client``: fields whose values are attributes of the
    client. ``repeatable``: whether doing it twice is the same as doing it once, if the method does not
    say so. ``scopes``: what a token needs. ``iter_key``: where the items of the reply are. ``prepare``:
    a rule that binds several parameters: is given the arguments by name, and returns them.
    """

    form: bool
    wrap: str
    constants: Mapping[str, Any]
    from_client: Mapping[str, str]
    repeatable: bool
    scopes: tuple[str | Scope, ...]
    iter_key: str
    prepare: Callable[[dict[str, Any]], dict[str, Any]]
