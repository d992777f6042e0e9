"""requests with a Globus credential."""

import requests

from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer
from globus_transport.embed.requests import GlobusAuth

CLIENT_ID = "..."
REFRESH_TOKEN = "..."
TRANSFER = "..."

authorizer = RefreshTokenAuthorizer(REFRESH_TOKEN, NativeAppAuthClient(CLIENT_ID))

with requests.Session() as session:
    session.auth = GlobusAuth(authorizer, TRANSFER)
    reply = session.get(f"{TRANSFER}/v0.10/task_list", params={"limit": 10})
    reply.raise_for_status()
    tasks = reply.json()["DATA"]
