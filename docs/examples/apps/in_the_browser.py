"""Log in with the browser of this computer, or at the command line if that is not
possible."""

from globus_transport import GlobusAppConfig, UserApp
from globus_transport.login_flows import LocalServerEnvironmentalLoginError
from globus_transport.scopes import TransferScopes

CLIENT_ID = "..."
SCOPES = {TransferScopes.resource_server: TransferScopes.all}


def log_in() -> UserApp:
    """Log in, and return the application."""
    in_the_browser = GlobusAppConfig(login_flow_manager="local-server")
    app = UserApp(
        "my-app", client_id=CLIENT_ID, scope_requirements=SCOPES, config=in_the_browser
    )
    try:
        app.login()
    except LocalServerEnvironmentalLoginError as error:
        print(error)
        app.close()
        app = UserApp("my-app", client_id=CLIENT_ID, scope_requirements=SCOPES)
        app.login()
    return app


app = log_in()
print("logged in" if not app.login_required() else "not logged in")
app.close()
