"""A bearer token (RFC 6750) that nothing renews."""

from __future__ import annotations

from globus_transport.authorizers.base import StaticGlobusAuthorizer, bearer


class AccessTokenAuthorizer(StaticGlobusAuthorizer):
    """Sends one access token until it expires; then calls fail with status 401.

    :param access_token: as the token reply gave it
    :raises GlobusSDKUsageError: if it is empty, or cannot stand in a header
    """

    def __init__(self, access_token: str) -> None:
        self.access_token = access_token
        self._header = bearer(access_token)
