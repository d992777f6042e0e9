"""Log in with the browser of this computer; where there is none, at the command line."""

from globus_transport import GlobusAppConfig, UserApp
from globus_transport.login_flows import LocalServerEnvironmentalLoginError
from globus_transport.scopes.collections import TransferScopes

CLIENT_ID = "..."
NEEDED = {TransferScopes.resource_server: TransferScopes.all}


def logged_in() -> UserApp:
    """An application that has its tokens."""
    in_the_browser = GlobusAppConfig(login_flow_manager="local-server")
    app = UserApp("my-app", client_id=CLIENT_ID, scope_requirements=NEEDED, config=in_the_browser)
    try:
        app.login()
    except LocalServerEnvironmentalLoginError as error:
        print(error)
        app.close()
        app = UserApp("my-app", client_id=CLIENT_ID, scope_requirements=NEEDED)
        app.login()
    return app


app = logged_in()
print("logged in" if not app.login_required() else "not logged in")
app.close()
