"""Ask the user for the consents of a timer, and create it."""

from nightly_copy import make_nightly_copy

from globus_transport import TimersClient, UserApp

CLIENT_ID = "..."
SOURCE = "..."
DESTINATION = "..."

with UserApp("nightly", client_id=CLIENT_ID) as app, TimersClient(app=app) as client:
    client.add_app_transfer_data_access_scope([SOURCE, DESTINATION])
    print(make_nightly_copy(client, SOURCE, DESTINATION))
