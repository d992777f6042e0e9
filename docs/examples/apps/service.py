"""A service that acts for itself, without a login."""

from globus_transport import ClientApp, GlobusAppConfig, TransferClient

CLIENT_ID = "..."
CLIENT_SECRET = "..."

config = GlobusAppConfig(token_storage="memory")

with (
    ClientApp(
        "my-service", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, config=config
    ) as app,
    TransferClient(app=app) as client,
):
    print(len(client.task_list()["DATA"]), "tasks")
