"""A program with several users, whose tokens are in one database."""

from pathlib import Path

from globus_transport import GlobusAppConfig, TransferClient, UserApp
from globus_transport.token_storage import SQLiteTokenStorage

CLIENT_ID = "..."
DATABASE = Path("~/.my-app/tokens.db").expanduser()


def app_of(user: str) -> UserApp:
    """The application of one user."""
    storage = SQLiteTokenStorage(DATABASE, namespace=user)
    return UserApp(
        "my-app", client_id=CLIENT_ID, config=GlobusAppConfig(token_storage=storage)
    )


for user in ("ada", "grace"):
    with app_of(user) as app, TransferClient(app=app) as client:
        print(user, len(client.task_list()["DATA"]))

with app_of("ada") as app:
    app.logout(sweep=True)
