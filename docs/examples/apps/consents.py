"""What a collection demands of whoever uses it: three ways to satisfy it."""

from globus_transport import GlobusAppConfig, TransferAPIError, TransferClient, UserApp
from globus_transport.gare import to_gare

CLIENT_ID = "..."
COLLECTION_ID = "..."


def known_before() -> None:
    """The first login asks for everything."""
    with UserApp("known-before", client_id=CLIENT_ID) as app, TransferClient(app=app) as client:
        client.add_app_data_access_scope(COLLECTION_ID)
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


def by_itself() -> None:
    """The application logs in again as the service demands, and sends the call again."""
    config = GlobusAppConfig(auto_redrive_gares=True)
    with UserApp("by-itself", client_id=CLIENT_ID, config=config) as app, TransferClient(app=app) as client:
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


def by_hand() -> None:
    """The program decides."""
    with UserApp("by-hand", client_id=CLIENT_ID) as app, TransferClient(app=app) as client:
        try:
            client.operation_ls(COLLECTION_ID)
        except TransferAPIError as error:
            demand = to_gare(error)
            if demand is None:
                raise
            print("the collection demands", demand.code)
            app.login(auth_params=demand.authorization_parameters)
        print(len(client.operation_ls(COLLECTION_ID)["DATA"]), "files")


known_before()
by_itself()
by_hand()
