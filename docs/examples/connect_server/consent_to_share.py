"""Log in once, for the endpoint and for guest collections on it."""

from globus_transport import GCSClient, UserApp

CLIENT_ID = "..."
#: The host name of the endpoint.
ENDPOINT = "..."
MAPPED_COLLECTION_ID = "..."

with (
    UserApp("storage", client_id=CLIENT_ID) as app,
    GCSClient(ENDPOINT, app=app) as client,
):
    endpoint_scopes = GCSClient.get_gcs_endpoint_scopes(client.endpoint_client_id)
    collection_scopes = GCSClient.get_gcs_collection_scopes(MAPPED_COLLECTION_ID)
    manage = endpoint_scopes.manage_collections
    client.add_app_scope(manage.with_dependency(collection_scopes.data_access))
    app.login()
