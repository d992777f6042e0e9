"""A program whose tokens are in the keyring of the operating system."""

from globus_transport import GlobusAppConfig, TransferClient, UserApp
from globus_transport.token_storage import KeyringTokenStorage

CLIENT_ID = "..."

config = GlobusAppConfig(token_storage=KeyringTokenStorage, request_refresh_tokens=True)
with (
    UserApp("my-app", client_id=CLIENT_ID, config=config) as app,
    TransferClient(app=app) as client,
):
    for collection in client.endpoint_search(filter_scope="my-endpoints"):
        print(collection["display_name"])
