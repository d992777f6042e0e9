"""Scopes as the OAuth2 parameter: names separated by single spaces (RFC 6749, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union, cast

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.scope import Scope

# In quotation marks: who gives one has loaded its module, and the others need not.
ScopesLike = Union[str, "Scope", Iterable[Union[str, "Scope"]]]


def scope_text(scopes: ScopesLike) -> str:
    """One text from a scope or several.

    :raises GlobusSDKUsageError: if there is none
    """
    # Whoever gives a Scope has loaded its class, and the others need not.
    is_one = isinstance(scopes, str) or hasattr(scopes, "scope_string")
    text = str(scopes) if is_one else " ".join(map(str, cast(Iterable[object], scopes)))
    if not text.strip():
        raise GlobusSDKUsageError("no scope is given; for example, TransferClient.scopes.all")
    return text
