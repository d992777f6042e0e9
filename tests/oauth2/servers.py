"""OAuth2 servers and programs in Node.js, which others wrote and had certified."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from globus_transport.sandbox import Sandbox

_HERE = Path(__file__).parent
_HOW = "Node.js or its packages are missing: install Node.js 20 or later, then npm install --prefix tests/oauth2"


@attrs.frozen(kw_only=True)
class Server:
    """An OAuth2 server with the paths of Globus Auth, and what was registered there."""

    base_url: str
    client_id: str
    client_secret: str
    native_id: str
    redirect_uri: str
    user_id: str
    api_scope: str


@contextmanager
def sandbox_server() -> Iterator[Server]:
    """The sandbox."""
    redirect_uri = "http://127.0.0.1:9/callback"
    with Sandbox() as sandbox:
        client = sandbox.add_client(native=False, redirect_uris=[redirect_uri])
        assert client.secret is not None
        yield Server(
            base_url=sandbox.auth_url.rstrip("/"),
            client_id=client.id,
            client_secret=client.secret,
            native_id=sandbox.add_client(redirect_uris=[redirect_uri]).id,
            redirect_uri=redirect_uri,
            user_id=sandbox.user.id,
            api_scope="urn:globus:auth:scope:transfer.api.globus.org:all",
        )


@contextmanager
def oidc_provider() -> Iterator[Server]:
    """oidc-provider, an OpenID Certified server; skips the test if there is none."""
    server = Server(
        base_url="",
        client_id=str(uuid.uuid4()),
        client_secret="a-secret-for-oidc-provider",
        native_id=str(uuid.uuid4()),
        redirect_uri="http://127.0.0.1:9/callback",
        user_id=str(uuid.uuid4()),
        api_scope="api",
    )
    with subprocess.Popen(_command("oidc_provider.mjs", server), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            assert base_url, "oidc-provider did not start"
            yield attrs.evolve(server, base_url=base_url)
        finally:
            process.kill()


def run_openid_client(server: Server) -> object:
    """What openid-client, an OpenID Certified library, sees of a server; skips the test if there is none."""
    done = subprocess.run(_command("openid_client.mjs", server), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _command(program: str, server: Server) -> list[str]:
    node = shutil.which("node")
    if node is None or not (_HERE / "node_modules" / "oidc-provider").is_dir():
        pytest.skip(_HOW)
    return [node, str(_HERE / program), json.dumps(attrs.asdict(server))]
