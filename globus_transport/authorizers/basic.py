"""HTTP Basic (RFC 7617): a client id and its secret."""

from __future__ import annotations

import base64

from globus_transport.authorizers.base import StaticGlobusAuthorizer
from globus_transport.errors import GlobusSDKUsageError


class BasicAuthorizer(StaticGlobusAuthorizer):
    """Sends a user name and password, which for Globus Auth are a client's id and secret.

    :param username: the client id; without ``:``, which would end it (RFC 7617, section 2)
    :param password: the client secret
    :raises GlobusSDKUsageError: if one is not text, or the name holds a ``:``
    """

    def __init__(self, username: str, password: str) -> None:
        if not isinstance(username, str) or not isinstance(password, str):
            raise GlobusSDKUsageError("BasicAuthorizer takes two texts: a client id and its secret")
        if ":" in username:
            raise GlobusSDKUsageError(f"the user name {username!r} holds a ':', where Basic authentication ends it")
        self.username = username
        self.password = password
        credentials = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._header = f"Basic {credentials}"
