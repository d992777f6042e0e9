"""The servers that the clients of the package have to work with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oauth2.servers import Server, oidc_provider, sandbox_server


@pytest.fixture(scope="package", params=[sandbox_server, oidc_provider], ids=lambda server: server.__name__)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with request.param() as server:
        yield server
