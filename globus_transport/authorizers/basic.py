"""An authorizer with HTTP Basic authentication (RFC 7617): a client id and its secret."""

from __future__ import annotations

import base64

from globus_transport.authorizers.base import StaticGlobusAuthorizer
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller


class BasicAuthorizer(StaticGlobusAuthorizer):
    """Sends a user name and a password: for Globus Auth, a client's id and secret.

    :param username: the client id; without ``:``, which separates it from the password (RFC 7617, section 2)
    :param password: the client secret
    :raises GlobusSDKUsageError: if one is not text, or the user name contains a ``:``
    """

    @raises_from_its_caller
    def __init__(self, username: str, password: str) -> None:
        if not isinstance(username, str) or not isinstance(password, str):
            raise GlobusSDKUsageError("BasicAuthorizer takes two texts: a client id and its secret")
        if ":" in username:
            # The message does not show it: the secret may follow the colon.
            raise GlobusSDKUsageError(
                "the user name contains a ':', which ends it in Basic authentication; give a client id without one"
            )
        self.username = username
        self.password = password
        try:
            credentials = f"{username}:{password}".encode()
        except UnicodeEncodeError:
            raise GlobusSDKUsageError(
                "the user name or the password contains a lone surrogate, which UTF-8 cannot encode; give valid Unicode"
            ) from None
        self._header = "Basic " + base64.b64encode(credentials).decode("ascii")
