"""A service on several hosts, which share one set of tokens in Redis."""

from globus_transport import ClientApp, GlobusAppConfig, TransferClient
from globus_transport.token_storage import RedisTokenStorage

CLIENT_ID = "..."
CLIENT_SECRET = "..."
REDIS_URL = "..."

app = ClientApp(
    "my-service",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    config=GlobusAppConfig(token_storage=RedisTokenStorage(REDIS_URL)),
)
with app, TransferClient(app=app) as client:
    print(len(client.task_list()["DATA"]), "tasks")
