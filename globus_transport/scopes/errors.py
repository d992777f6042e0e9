"""Errors of scope strings."""

from __future__ import annotations

from globus_transport.exc.base import GlobusSDKUsageError


class ScopeParseError(GlobusSDKUsageError):
    """A scope string is malformed; the message gives the position."""


class ScopeCycleError(ScopeParseError):
    """A scope depends on itself."""
