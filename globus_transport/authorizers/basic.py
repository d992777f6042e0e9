"""HTTP Basic (RFC 7617): a client id and its secret."""

from __future__ import annotations

import base64

from globus_transport.authorizers.base import StaticGlobusAuthorizer
from globus_transport.exc.base import GlobusSDKUsageError


class BasicAuthorizer(StaticGlobusAuthorizer):
    """Sends a user name and password, which for Globus Auth are a client's id and secret.

    :param username: the client id; without ``:``, which would end it (RFC 7617, section 2)
    :param password: the client secret
    :raises GlobusSDKUsageError: if one is no text, or the name holds a ``:``
    """

    def __init__(self, username: str, password: str) -> None:
        if not isinstance(username, str) or not isinstance(password, str):
            raise GlobusSDKUsageError("BasicAuthorizer takes two texts: a client id and its secret")
        if ":" in username:
            # It isn't shown: the secret may stand behind the colon.
            raise GlobusSDKUsageError("the user name holds a ':', where Basic authentication ends it")
        self.username = username
        self.password = password
        try:
            credentials = f"{username}:{password}".encode()
        except UnicodeEncodeError:
            raise GlobusSDKUsageError("the user name or password is no text: it holds half a character") from None
        self._header = "Basic " + base64.b64encode(credentials).decode("ascii")
