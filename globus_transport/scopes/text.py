"""Scopes as the OAuth2 parameter: names separated by single spaces (RFC 6749, section 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Union

from globus_transport.errors import GlobusSDKUsageError


class ScopeLike(Protocol):
    """Anything whose ``str()`` is a scope."""

    scope_string: str


ScopesLike = Union[str, ScopeLike, Iterable[Union[str, ScopeLike]]]


def scope_text(scopes: ScopesLike) -> str:
    """One text from a scope or several.

    :raises GlobusSDKUsageError: if there is none
    """
    if isinstance(scopes, str) or not isinstance(scopes, Iterable):
        text = str(scopes)
    else:
        text = " ".join(str(scope) for scope in scopes)
    if not text.strip():
        raise GlobusSDKUsageError("no scope is given; for example, TransferClient.scopes.all")
    return text
