"""Runs a transfer on a local Globus while faults are injected, and checks the files that arrive."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.demo.event_printer import EventPrinter
from globus_transport.demo.files import file_digests, make_files
from globus_transport.middleware.events import Events
from globus_transport.sandbox import Sandbox
from globus_transport.scopes.collections import TransferScopes
from globus_transport.services.auth.client import NativeAppAuthClient
from globus_transport.services.auth.response import OAuthRefreshTokenResponse
from globus_transport.services.transfer.client import TransferClient
from globus_transport.services.transfer.data.transfer_data import TransferData

_FILES = 48
_FILE_SIZE = 64 * 1024
_TOKEN_LIFETIME = 3.0
# A token that is revoked must be valid for so many more seconds, so that the 401 renews it and not its expiry.
_MIN_REMAINING_LIFETIME = 1.5
_SECONDS_PER_FILE = 0.08


def main(argv: list[str]) -> int:
    """Run the demonstration.

    :return: the exit status: 0 if every file arrived unchanged
    """
    description = "Run a transfer on a local Globus while faults are injected."
    argparse.ArgumentParser(prog="python -m globus_transport demo", description=description).parse_args(argv)
    started = time.monotonic()
    print("A local Globus, a transfer, and everything that can happen to it on the way.\n")
    with Sandbox(access_token_lifetime=_TOKEN_LIFETIME, task_delay=_SECONDS_PER_FILE) as globus:
        all_arrived = _run(globus)
    outcome = "Every file arrived unchanged" if all_arrived else "FILES DIFFER"
    print(f"\n{outcome}, after {time.monotonic() - started:.1f} s.")
    return 0 if all_arrived else 1


def _run(globus: Sandbox) -> bool:
    source, destination = globus.add_collection("Microscope"), globus.add_collection("Archive")
    make_files(source.folder, _FILES, _FILE_SIZE)
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        authorizer = _log_in(globus, auth_client)
        with TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
            stack = client.stack.add(Events(EventPrinter(_report)), before="errors")
            print(f"\n{stack}\n")
            _submit_and_wait(globus, client.with_stack(stack), authorizer, source.id, destination.id)
    sent, arrived = file_digests(source.folder), file_digests(destination.folder / "images")
    same = sum(arrived.get(name) == digest for name, digest in sent.items())
    _report("check", f"{same} of {len(sent)} files ({_megabytes(source.folder)}) have the same SHA-256 on both sides")
    return sent == arrived


def _log_in(globus: Sandbox, auth_client: NativeAppAuthClient) -> RefreshTokenAuthorizer[OAuthRefreshTokenResponse]:
    auth_client.oauth2_start_flow(TransferScopes.all, refresh_tokens=True)
    code = globus.approve(auth_client.oauth2_get_authorize_url())
    tokens = auth_client.oauth2_exchange_code_for_tokens(code).by_resource_server[TransferScopes.resource_server]
    _report(
        "login", f"{globus.user.username} by PKCE; the access token lives {_TOKEN_LIFETIME:g} s, then it is renewed"
    )
    return RefreshTokenAuthorizer(
        tokens["refresh_token"],
        auth_client,
        access_token=tokens["access_token"],
        expires_at=tokens["expires_at_seconds"],
        on_refresh=_print_renewal,
    )


def _print_renewal(_reply: OAuthRefreshTokenResponse) -> None:
    # An application stores the new tokens here, because the old refresh token is no longer valid.
    _report("authorizer", "a new access token, and a new refresh token in the place of the old one")


def _submit_and_wait(
    globus: Sandbox,
    client: TransferClient,
    authorizer: RefreshTokenAuthorizer[OAuthRefreshTokenResponse],
    source: str,
    destination: str,
) -> None:
    data = TransferData(source, destination, label="demo", verify_checksum=True)
    data.add_item("/", "/images/", recursive=True)
    # The service accepts the task, and its reply is lost.
    globus.faults.add(drop=True, when="after", method="POST", path="/v0.10/transfer")
    task_id = client.submit_transfer(data)["task_id"]
    _report("client", f"submitted a transfer of {_FILES} files: task {task_id}")
    _wait_for_task(globus, client, authorizer, task_id)
    tasks = sum(1 for _ in client.paginated.task_list().items())
    submits = globus.requests.count(method="POST", path="/v0.10/transfer")
    renewals = globus.grants["refresh_token"]
    _report("server", f"{len(globus.requests)} requests seen: {submits} submits made {tasks} task; {renewals} renewals")


def _wait_for_task(
    globus: Sandbox,
    client: TransferClient,
    authorizer: RefreshTokenAuthorizer[OAuthRefreshTokenResponse],
    task_id: str,
) -> None:
    # The faults to inject, by the number of files after which they happen.
    faults: dict[int, Callable[[], object]] = {
        _FILES // 4: lambda: globus.faults.add(503, headers={"Retry-After": "1"}, path="/v0.10/task/*"),
        3 * _FILES // 4: lambda: globus.faults.add(drop=True, path="/v0.10/task/*"),
    }
    revoked = False
    last_printed = -1
    while True:
        task = client.get_task(task_id)
        done = task["files_transferred"]
        if done - last_printed >= _FILES // 8 or task["status"] != "ACTIVE":
            _report("task", f"{task['status'].lower():<9} {done:>3} of {_FILES} files")
            last_printed = done
        if task["status"] != "ACTIVE":
            return
        for file_count in [file_count for file_count in faults if done >= file_count]:
            faults.pop(file_count)()
        if not revoked and done >= _FILES // 2 and (authorizer.expires_at or 0) - time.time() > _MIN_REMAINING_LIFETIME:
            globus.revoke_all_access_tokens()
            revoked = True
        time.sleep(0.2)


def _report(source: str, text: str) -> None:
    print(f"{source:>11} | {text}", flush=True)


def _megabytes(folder: Path) -> str:
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return f"{size / 2**20:.1f} MiB"
