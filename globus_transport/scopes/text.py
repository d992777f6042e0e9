"""Scopes as the OAuth2 parameter: names separated by single spaces (RFC 6749, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.scopes.scope import Scope

ScopesLike = Union[str, Scope, Iterable[Union[str, Scope]]]


def scope_text(scopes: ScopesLike) -> str:
    """One text from a scope or several.

    :raises GlobusSDKUsageError: if there is none
    """
    text = str(scopes) if isinstance(scopes, (str, Scope)) else " ".join(map(str, scopes))
    if not text.strip():
        raise GlobusSDKUsageError("no scope is given; for example, TransferClient.scopes.all")
    return text
