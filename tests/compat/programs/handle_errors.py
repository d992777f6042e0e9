"""What goes wrong, and what the program can tell the user about it."""

import os

import globus_sdk
from globus_sdk.exc import GlobusSDKUsageError
from globus_sdk.transport import RetryConfig

unknown = "00000000-0000-4000-8000-000000000000"
client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(os.environ["TRANSFER_TOKEN"]))
try:
    client.get_endpoint(unknown)
except globus_sdk.TransferAPIError as err:
    print(type(err).__name__, err.http_status, err.code, err.http_reason, err.content_type)
    print(
        err.message, err.messages, sorted(err.raw_json or {}), err.request_id == (err.raw_json or {}).get("request_id")
    )
    print(len(err.errors), bool(err.info.consent_required), bool(err.info.authorization_parameters))
    print(err.headers["content-type"], isinstance(err.text, str), isinstance(err.binary_content, bytes))
try:
    client.operation_ls(os.environ["SOURCE"], path="/nothing/")
except globus_sdk.GlobusAPIError as err:
    print(type(err).__name__, err.http_status, err.code)
try:
    globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer("wrong")).task_list()
except globus_sdk.TransferAPIError as err:
    print(err.http_status, err.code)
try:
    globus_sdk.ConfidentialAppAuthClient("wrong", "wrong").oauth2_client_credentials_tokens("openid")
except globus_sdk.AuthAPIError as err:
    print(type(err).__name__, err.http_status)
try:
    globus_sdk.TransferClient(base_url="http://127.0.0.1:9/", retry_config=RetryConfig(max_retries=0)).get("/")
except globus_sdk.GlobusConnectionError as err:
    print(type(err).__name__, isinstance(err, globus_sdk.NetworkError), err.underlying_exception is not None)
for mistake in (
    lambda: globus_sdk.TransferClient(app=object(), authorizer=globus_sdk.NullAuthorizer()),  # type: ignore[arg-type]
    lambda: globus_sdk.NativeAppAuthClient("an-id").oauth2_get_authorize_url(),
    lambda: client.add_app_scope("a"),
):
    try:
        mistake()
    except GlobusSDKUsageError as err:
        print(type(err).__name__, isinstance(err, ValueError))
client.close()
