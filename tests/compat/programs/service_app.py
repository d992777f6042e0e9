"""A service that acts for itself."""

import os

import globus_sdk
from globus_sdk import ClientApp, GlobusAppConfig
from globus_sdk.token_storage import MemoryTokenStorage

app = ClientApp(
    "nightly",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    config=GlobusAppConfig(token_storage=MemoryTokenStorage()),
)
client = globus_sdk.TransferClient(app=app)
print(
    client.app_name,
    client.resource_server,
    [str(scope) for scope in client.default_scope_requirements],
)
print(client.get_endpoint(os.environ["SOURCE"])["display_name"])
authorizer = app.get_authorizer("transfer.api.globus.org")
print(type(authorizer).__name__, type(authorizer.confidential_client).__name__)  # type: ignore[attr-defined]
auth = globus_sdk.AuthClient(app=app)
reply = auth.get_identities(usernames=[os.environ["USERNAME"], "nobody@example.org"])
print(type(reply).__name__, len(list(reply)), reply["identities"][0]["username"] == os.environ["USERNAME"])
identities = globus_sdk.IdentityMap(auth, [os.environ["USERNAME"]])
print(identities[os.environ["USERNAME"]]["status"], identities.get("nobody@example.org"), identities.unresolved_ids)
client.close()
auth.close()
