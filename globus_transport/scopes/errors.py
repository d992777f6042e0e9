"""What is raised for a text that is no scope."""

from __future__ import annotations

from globus_transport.exc.base import GlobusSDKUsageError


class ScopeParseError(GlobusSDKUsageError):
    """The text is no scope; the message says where."""


class ScopeCycleError(ScopeParseError):
    """A scope that depends on itself."""
