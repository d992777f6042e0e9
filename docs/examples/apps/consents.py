"""Three ways to satisfy the requirements of a collection."""

from globus_transport import GlobusAppConfig, TransferAPIError, TransferClient, UserApp
from globus_transport.gare import to_gare

CLIENT_ID = "..."
COLLECTION_ID = "..."


def ask_in_advance() -> None:
    """The first login asks for the consent."""
    with (
        UserApp("in-advance", client_id=CLIENT_ID) as app,
        TransferClient(app=app) as client,
    ):
        client.add_app_data_access_scope(COLLECTION_ID)
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


def let_the_app_handle_it() -> None:
    """The application logs in again as the service requires, and sends the call
    again."""
    config = GlobusAppConfig(auto_redrive_gares=True)
    with (
        UserApp("handled-by-the-app", client_id=CLIENT_ID, config=config) as app,
        TransferClient(app=app) as client,
    ):
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


def handle_it() -> None:
    """The program decides."""
    with (
        UserApp("handled", client_id=CLIENT_ID) as app,
        TransferClient(app=app) as client,
    ):
        try:
            client.operation_ls(COLLECTION_ID)
        except TransferAPIError as error:
            requirement = to_gare(error)
            if requirement is None:
                raise
            print("the collection requires", requirement.code)
            app.login(auth_params=requirement.authorization_parameters)
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


ask_in_advance()
let_the_app_handle_it()
handle_it()
