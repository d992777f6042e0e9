"""A bearer token (RFC 6750) that nothing renews."""

from __future__ import annotations

from globus_transport.authorizers.base import StaticGlobusAuthorizer
from globus_transport.errors import GlobusSDKUsageError
from globus_transport.headers import check_field


class AccessTokenAuthorizer(StaticGlobusAuthorizer):
    """Sends one access token until it expires; then calls fail with status 401.

    :param access_token: as the token reply gave it
    :raises GlobusSDKUsageError: if it is empty, or cannot stand in a header
    """

    def __init__(self, access_token: str) -> None:
        self.access_token = access_token
        self._header = bearer(access_token)


def bearer(access_token: str) -> str:
    """The Authorization header of a token.

    :raises GlobusSDKUsageError: without showing it, if the token cannot be one
    """
    if not isinstance(access_token, str) or not access_token or not access_token.isascii() or " " in access_token:
        raise GlobusSDKUsageError(
            f"the access token is {'empty' if access_token == '' else 'not a token'}: give the text that stands "
            "under 'access_token' in the token reply"
        )
    header = f"Bearer {access_token}"
    check_field("Authorization", header)
    return header
