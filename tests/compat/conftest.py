"""The recording server, one for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.wire.recording_server import RecordingServer


@pytest.fixture(scope="module")
def server() -> Iterator[RecordingServer]:
    server = RecordingServer()
    yield server
    server.close()
