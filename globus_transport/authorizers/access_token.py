"""An authorizer with a bearer token (RFC 6750) that is not renewed."""

from __future__ import annotations

from globus_transport.authorizers.base import StaticGlobusAuthorizer, bearer_header
from globus_transport.exc.tracebacks import raises_from_its_caller


class AccessTokenAuthorizer(StaticGlobusAuthorizer):
    """Sends one access token. When the token expires, calls fail with status 401.

    :param access_token: from the token reply
    :raises GlobusSDKUsageError: if it is empty, or not valid in a header
    """

    @raises_from_its_caller
    def __init__(self, access_token: str) -> None:
        self.access_token = access_token
        self._header = bearer_header(access_token)
