"""A process that is forked while a renewal is being stored has a copy of the token reply, which gets old."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import pytest

from globus_transport import NativeAppAuthClient, TransferScopes
from globus_transport.authorizers.stored import RefreshTokenRenewer
from globus_transport.sandbox import Sandbox
from globus_transport.token_storage import MemoryTokenStorage, TokenStorageData

TRANSFER = "transfer.api.globus.org"


class ForkingStorage(MemoryTokenStorage):
    """Copies a renewer, as a fork does, when its reply is about to be stored."""

    renewer: RefreshTokenRenewer | None = None
    child: RefreshTokenRenewer | None = None
    full = False

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        if self.renewer is not None:
            self.child, self.renewer = copy.copy(self.renewer), None
        if self.full:
            raise OSError("the disk is full")
        super().store_token_data_by_resource_server(token_data_by_resource_server)


@pytest.mark.parametrize("full", [False, True])
def test_the_copy_of_a_child_does_not_replace_newer_tokens(globus: Sandbox, full: bool) -> None:
    first = globus.issue_token(TransferScopes.all).refresh_token
    assert first is not None
    auth_client = NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url)
    storage = ForkingStorage()
    parent = storage.renewer = RefreshTokenRenewer(storage, auth_client, TRANSFER, None)
    storage.full = full
    if full:
        with pytest.raises(OSError, match="full"):
            parent.oauth2_refresh_token(first)
        storage.full = False
    else:
        parent.oauth2_refresh_token(first)
    child = storage.child
    assert child is not None

    # The parent, or the child if the parent could not store, goes on.
    faster, slower = (child, parent) if full else (parent, child)
    for renewer in (faster, faster, slower, faster, slower):
        globus.revoke_all_access_tokens()
        tokens = renewer.oauth2_refresh_token(first).by_resource_server[TRANSFER]
        stored = storage.get_token_data(TRANSFER)
        assert stored is not None
        assert tokens["refresh_token"] == stored.refresh_token
