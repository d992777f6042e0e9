"""A program with several users: each has tokens of their own, in one database."""

from pathlib import Path

from globus_transport import GlobusAppConfig, TransferClient, UserApp
from globus_transport.token_storage import SQLiteTokenStorage

CLIENT_ID = "..."
DATABASE = Path("~/.my-app/tokens.db").expanduser()


def app_of(user: str) -> UserApp:
    """The application, as one of its users."""
    storage = SQLiteTokenStorage(DATABASE, namespace=user)
    return UserApp("my-app", client_id=CLIENT_ID, config=GlobusAppConfig(token_storage=storage))


for user in ("ada", "grace"):
    with app_of(user) as app, TransferClient(app=app) as client:
        print(user, len(client.task_list()["DATA"]))

with app_of("ada") as app:
    app.logout(sweep=True)
