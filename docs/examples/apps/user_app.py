"""A command line program that acts for its user. It logs in once."""

from globus_transport import GlobusAppConfig, TransferClient, UserApp

CLIENT_ID = "..."

app = UserApp(
    "my-app", client_id=CLIENT_ID, config=GlobusAppConfig(request_refresh_tokens=True)
)
client = TransferClient(app=app)

with app, client:
    for collection in client.endpoint_search.items(filter_scope="my-endpoints"):
        print(collection["display_name"])
