"""An application that logs in when it has to."""

import os

import globus_sdk
from globus_sdk import GlobusAppConfig, UserApp
from globus_sdk.scopes import TransferScopes
from globus_sdk.token_storage import JSONTokenStorage, MemoryTokenStorage

config = GlobusAppConfig(request_refresh_tokens=True, token_storage=MemoryTokenStorage())
with UserApp("my app", client_id=os.environ["NATIVE_CLIENT_ID"], config=config) as app:
    client = globus_sdk.TransferClient(app=app)
    print(app.app_name, str(app.client_id) == os.environ["NATIVE_CLIENT_ID"], app.login_required())
    print(client.get_endpoint(os.environ["SOURCE"])["display_name"], app.login_required())
    print(sorted(app.scope_requirements), app.token_storage.get_token_data("transfer.api.globus.org") is not None)
    print(type(app.get_authorizer("transfer.api.globus.org")).__name__)
    app.logout()
    print(app.login_required())

storage = JSONTokenStorage(os.path.join(os.environ["HOME"], "app.json"), namespace="second")
app = UserApp("my app", client_id=os.environ["NATIVE_CLIENT_ID"], config=GlobusAppConfig(token_storage=storage))
app.add_scope_requirements({"transfer.api.globus.org": [TransferScopes.all]})
app.login()
print(app.login_required(), storage.file_exists(), sorted(storage.get_token_data_by_resource_server()))
data = storage.get_token_data("transfer.api.globus.org")
print(data is not None and (data.resource_server, data.refresh_token, sorted(data.to_dict())))
app.close()
