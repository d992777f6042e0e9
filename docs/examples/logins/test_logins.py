"""Tests of a program's logins. The fixture ``globus`` comes with globus_transport."""

from collections.abc import Iterator

import pytest

from globus_transport import IDTokenError, NativeAppAuthClient
from globus_transport.sandbox import Identity, Sandbox


@pytest.fixture
def client(
    globus: Sandbox, globus_environment: dict[str, str]
) -> Iterator[NativeAppAuthClient]:
    # The program has this id built in.
    mine = globus.add_client("6d2c4a52-7f0d-4a0c-9a0e-2f6f5f2b1c11", name="My program")
    with NativeAppAuthClient(mine.id) as client:
        yield client


def test_another_user_logs_in(globus: Sandbox, client: NativeAppAuthClient) -> None:
    grace = globus.add_identity(Identity("grace@sandbox.example", name="Grace"))
    client.oauth2_start_flow("openid")
    code = globus.approve(client.oauth2_get_authorize_url(), user=grace)
    tokens = client.oauth2_exchange_code_for_tokens(code)
    assert tokens.decode_id_token()["sub"] == grace.id


def test_an_id_token_that_somebody_changed_is_refused(
    globus: Sandbox, client: NativeAppAuthClient
) -> None:
    globus.token_faults.add("bad_signature")
    client.oauth2_start_flow("openid")
    code = globus.approve(client.oauth2_get_authorize_url())
    with pytest.raises(IDTokenError):
        client.oauth2_exchange_code_for_tokens(code).decode_id_token()
    globus.verify()
