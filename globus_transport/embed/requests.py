"""Inside requests (extra ``requests``): an authorizer as ``auth=``, and a stack as an adapter of a session."""

from __future__ import annotations

from globus_transport.embed.requests_adapter import StackAdapter
from globus_transport.embed.requests_auth import GlobusAuth

__all__ = ["GlobusAuth", "StackAdapter"]
