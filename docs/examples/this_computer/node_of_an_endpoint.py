"""List the collections of the endpoint that this computer is a node of."""

from globus_transport import GCSClient, LocalGlobusConnectServer, UserApp

CLIENT_ID = "..."

local = LocalGlobusConnectServer()
if local.domain_name is None:
    raise SystemExit("this computer is not a node of Globus Connect Server")
with (
    UserApp("storage", client_id=CLIENT_ID) as app,
    GCSClient(local.domain_name, app=app) as client,
):
    for collection in client.get_collection_list.items():
        print(collection["display_name"])
