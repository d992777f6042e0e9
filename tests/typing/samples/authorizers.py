"""Authorizers: what they take, and what on_refresh is given."""

from typing import assert_type

from globus_transport import (
    AccessTokenAuthorizer,
    AuthClient,
    BasicAuthorizer,
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    GlobusAuthorizer,
    NativeAppAuthClient,
    NullAuthorizer,
    OAuthClientCredentialsResponse,
    OAuthRefreshTokenResponse,
    RefreshTokenAuthorizer,
    TransferClient,
)


def keep(reply: OAuthRefreshTokenResponse) -> None:
    print(reply.by_resource_server["transfer.api.globus.org"]["refresh_token"])


def keep_granted(reply: OAuthClientCredentialsResponse) -> None:
    print(reply.by_scopes)


native = NativeAppAuthClient("id")
confidential = ConfidentialAppAuthClient("id", "secret")
assert_type(RefreshTokenAuthorizer("r", native), RefreshTokenAuthorizer[OAuthRefreshTokenResponse])
assert_type(
    RefreshTokenAuthorizer("r", confidential, access_token="a", expires_at=1, on_refresh=keep),
    RefreshTokenAuthorizer[OAuthRefreshTokenResponse],
)
assert_type(
    ClientCredentialsAuthorizer(confidential, ["openid"], on_refresh=keep_granted),
    ClientCredentialsAuthorizer[OAuthClientCredentialsResponse],
)
TransferClient(authorizer=RefreshTokenAuthorizer("r", native, on_refresh=lambda reply: print(reply.by_scopes)))
TransferClient(authorizer=AccessTokenAuthorizer("t").bound_to("https://transfer.api.globus.org"))
AuthClient(authorizer=BasicAuthorizer("id", "secret"))
AuthClient(authorizer=NullAuthorizer())


class Own(GlobusAuthorizer):
    def get_authorization_header(self) -> str | None:
        return "Own credential"


TransferClient(authorizer=Own())
