"""Refresh tokens: the clients fetch access tokens when they need them."""

from globus_transport import (
    AuthClient,
    ConfidentialAppAuthClient,
    RefreshTokenAuthorizer,
    TransferClient,
)

CLIENT_ID = "..."
CLIENT_SECRET = "..."
AUTH_REFRESH_TOKEN = "..."
TRANSFER_REFRESH_TOKEN = "..."

internal_auth_client = ConfidentialAppAuthClient(CLIENT_ID, CLIENT_SECRET)

auth_authorizer = RefreshTokenAuthorizer(AUTH_REFRESH_TOKEN, internal_auth_client)
transfer_authorizer = RefreshTokenAuthorizer(
    TRANSFER_REFRESH_TOKEN, internal_auth_client
)

auth_client = AuthClient(authorizer=auth_authorizer)
transfer_client = TransferClient(authorizer=transfer_authorizer)
