"""Log in with a code, keep the tokens up to date, and revoke them."""

import os

import globus_sdk
from globus_sdk.scopes import AuthScopes, TransferScopes

client = globus_sdk.NativeAppAuthClient(os.environ["NATIVE_CLIENT_ID"], app_name="a program")
flow = client.oauth2_start_flow(
    requested_scopes=[TransferScopes.all, AuthScopes.openid, AuthScopes.profile], refresh_tokens=True
)
print(type(flow).__name__, flow.refresh_tokens)
tokens = client.oauth2_exchange_code_for_tokens(input(client.oauth2_get_authorize_url()).strip())
print(sorted(tokens.by_resource_server), sorted(tokens.by_scopes["openid"]))
print(tokens.decode_id_token()["preferred_username"])
transfer = tokens.by_resource_server["transfer.api.globus.org"]
print(sorted(transfer), transfer["token_type"], transfer["scope"] == str(TransferScopes.all))

renewals: list[str] = []
authorizer = globus_sdk.RefreshTokenAuthorizer(
    transfer["refresh_token"], client, on_refresh=lambda reply: renewals.append(type(reply).__name__)
)
with globus_sdk.TransferClient(authorizer=authorizer) as transfer_client:
    print(transfer_client.get_endpoint(os.environ["SOURCE"])["display_name"], renewals)
print(client.oauth2_revoke_token(transfer["refresh_token"]).http_status)
try:
    client.oauth2_refresh_token(transfer["refresh_token"])
except globus_sdk.AuthAPIError as err:
    print(err.http_status, err.messages)
