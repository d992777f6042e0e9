"""Scopes as an OAuth2 parameter: names separated by spaces (RFC 6749, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.scope import Scope

ScopesLike = Union[str, Scope, Iterable[Union[str, Scope]]]


def scope_text(scopes: ScopesLike) -> str:
    """Write one scope or several as the value of the ``scope`` parameter.

    :raises GlobusSDKUsageError: if there is no scope
    """
    text = str(scopes) if isinstance(scopes, (str, Scope)) else " ".join(map(str, scopes))
    if not text.strip():
        raise GlobusSDKUsageError("scopes: no scope is given; give one, such as TransferClient.scopes.all")
    return text
