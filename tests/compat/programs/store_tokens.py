"""Log in once; later runs of the program use the file with the tokens."""

import os

import globus_sdk
from globus_sdk.scopes import TransferScopes
from globus_sdk.token_storage.legacy import SimpleJSONFileAdapter, SQLiteAdapter

client = globus_sdk.NativeAppAuthClient(os.environ["NATIVE_CLIENT_ID"])
database = SQLiteAdapter(os.path.join(os.environ["HOME"], "tokens.db"), namespace="me")
for adapter in (SimpleJSONFileAdapter(os.path.join(os.environ["HOME"], "tokens.json")), database):
    for run in ("first", "second"):
        known = adapter.file_exists() and adapter.get_token_data("transfer.api.globus.org")
        if not known:
            client.oauth2_start_flow(TransferScopes.all, refresh_tokens=True)
            code = input(client.oauth2_get_authorize_url()).strip()
            adapter.store(client.oauth2_exchange_code_for_tokens(code))
        data = adapter.get_token_data("transfer.api.globus.org")
        assert data is not None
        authorizer = globus_sdk.RefreshTokenAuthorizer(
            data["refresh_token"],
            client,
            access_token=data["access_token"],
            expires_at=data["expires_at_seconds"],
            on_refresh=adapter.on_refresh,
        )
        transfer = globus_sdk.TransferClient(authorizer=authorizer)
        print(type(adapter).__name__, run, bool(known), transfer.get_endpoint(os.environ["SOURCE"])["display_name"])
        transfer.close()
    print(sorted(adapter.get_by_resource_server()))
database.store_config("settings", {"endpoint": os.environ["SOURCE"]})
print(database.read_config("settings") == {"endpoint": os.environ["SOURCE"]}, list(database.iter_namespaces()))
print(database.remove_tokens_for_resource_server("transfer.api.globus.org"), database.get_by_resource_server())
database.close()
