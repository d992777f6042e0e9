"""requests-toolbelt: its uploads and its session with a base URL, with ``auth=`` and over a stack."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("requests_toolbelt", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import requests
from requests_toolbelt import MultipartEncoder, MultipartEncoderMonitor
from requests_toolbelt.sessions import BaseUrlSession
from requests_toolbelt.utils.dump import dump_all

from globus_transport import RefreshTokenAuthorizer, TransferClient
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.testing.loopback_server import Received, ScriptedServer, answering, whole

CONTENT = os.urandom(300_000)


@pytest.fixture
def client(guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]) -> Iterator[TransferClient]:
    with TransferClient(base_url=guarded_server.origin, authorizer=authorizer) as client:
        yield client


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def make_upload() -> MultipartEncoder:
    return MultipartEncoder({"name": "value", "file": ("name.bin", io.BytesIO(CONTENT), "text/plain")})


def credentials_of(server: ScriptedServer) -> list[str]:
    return [request["Authorization"] for request in server.requests]


def is_complete(request: Received, upload: MultipartEncoder) -> bool:
    length = request["Content-Length"] == str(len(request.body)) and not request.values("Transfer-Encoding")
    return length and CONTENT in request.body and request.body.endswith(f"--{upload.boundary_value}--\r\n".encode())


def test_an_upload_over_a_stack_is_sent_in_full(session: requests.Session) -> None:
    with ScriptedServer(answering(whole(b"stored"))) as server, TransferClient(base_url=server.origin) as client:
        StackAdapter(client.stack).mount(session, server.origin)
        upload, sizes = make_upload(), []
        monitor = MultipartEncoderMonitor(upload, lambda monitor: sizes.append(monitor.bytes_read))
        headers = {"Content-Type": monitor.content_type}
        assert session.post(f"{server.origin}/files", data=monitor, headers=headers).text == "stored"
        assert is_complete(server.requests[0], upload)
        assert len(sizes) > 1
        assert sizes[-1] == len(server.requests[0].body)


def test_an_upload_with_auth_is_sent_in_full(
    session: requests.Session, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    with ScriptedServer(answering(whole(b"stored"))) as server:
        auth, upload = GlobusAuth(authorizer, server.origin), make_upload()
        headers = {"Content-Type": upload.content_type}
        assert session.post(f"{server.origin}/files", data=upload, headers=headers, auth=auth).text == "stored"
        assert is_complete(server.requests[0], upload)
        assert credentials_of(server) == ["Bearer token-1"]


@pytest.mark.parametrize("over_stack", [False, True])
def test_an_upload_can_be_read_once_so_a_refused_one_is_returned_and_the_next_has_a_new_token(
    session: requests.Session,
    guarded_server: ScriptedServer,
    client: TransferClient,
    authorizer: RefreshTokenAuthorizer[Any],
    over_stack: bool,
) -> None:
    if over_stack:
        StackAdapter(client.stack).mount(session, guarded_server.origin)
    else:
        session.auth = GlobusAuth(authorizer, guarded_server.origin)
    statuses = []
    for _ in range(2):
        upload = make_upload()
        headers = {"Content-Type": upload.content_type}
        statuses.append(session.post(f"{guarded_server.origin}/files", data=upload, headers=headers).status_code)
        assert is_complete(guarded_server.requests[-1], upload)
    assert statuses == [401, 200]
    assert credentials_of(guarded_server) == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("over_stack", [False, True])
def test_a_session_with_a_base_url_renews_its_token_once(
    guarded_server: ScriptedServer, client: TransferClient, authorizer: RefreshTokenAuthorizer[Any], over_stack: bool
) -> None:
    with BaseUrlSession(f"{guarded_server.origin}/v1/") as session:
        if over_stack:
            StackAdapter(client.stack).mount(session, guarded_server.origin)
        else:
            session.auth = GlobusAuth(authorizer, guarded_server.origin)
        assert [session.get("task/x").json()["status"] for _ in range(2)] == ["ACTIVE"] * 2
    assert [request.target for request in guarded_server.requests] == ["/v1/task/x"] * 3
    assert credentials_of(guarded_server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_a_dump_of_a_call_over_a_stack_has_no_token(
    session: requests.Session, guarded_server: ScriptedServer, client: TransferClient
) -> None:
    StackAdapter(client.stack).mount(session, guarded_server.origin)
    dump = dump_all(session.get(f"{guarded_server.origin}/task/x"))
    assert b"ACTIVE" in dump
    assert b"token" not in dump
