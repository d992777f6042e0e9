"""Log a user in once. Later runs use the stored tokens."""

import json
import os
from pathlib import Path

from globus_transport import (
    NativeAppAuthClient,
    OAuthTokenResponse,
    RefreshTokenAuthorizer,
    TransferClient,
    TransferScopes,
)

CLIENT_ID = "..."
TOKEN_FILE = Path("~/.my-app-tokens.json").expanduser()


def store(reply: OAuthTokenResponse) -> None:
    """Write the tokens of a reply to a file that only its owner can read. It is
    replaced as a whole."""
    new = reply.by_resource_server[TransferScopes.resource_server]
    if new["refresh_token"] is None:
        # The old refresh token stays valid.
        new = {**new, "refresh_token": load()["refresh_token"]}
    temporary = TOKEN_FILE.with_suffix(".new")
    with open(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
    ) as file:
        json.dump(new, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, TOKEN_FILE)


def load() -> dict[str, str]:
    """The tokens in the file."""
    tokens: dict[str, str] = json.loads(TOKEN_FILE.read_text())
    return tokens


auth_client = NativeAppAuthClient(CLIENT_ID)

if not TOKEN_FILE.exists():
    auth_client.oauth2_start_flow(TransferScopes.all, refresh_tokens=True)
    print("Log in here:", auth_client.oauth2_get_authorize_url())
    store(
        auth_client.oauth2_exchange_code_for_tokens(input("Paste the code: ").strip())
    )

tokens = load()
authorizer = RefreshTokenAuthorizer(
    tokens["refresh_token"],
    auth_client,
    access_token=tokens["access_token"],
    expires_at=int(tokens["expires_at_seconds"]),
    on_refresh=store,
)
client = TransferClient(authorizer=authorizer)
