"""Network errors survive copying, without the sockets that they may hold."""

from __future__ import annotations

import pickle

import pytest

from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    NetworkError,
)
from tests.core.retrying import LOST, NEVER_BEGUN


@pytest.mark.parametrize(
    "error", [LOST, NEVER_BEGUN, GlobusTimeoutError("slow", OSError("s3cret")), GlobusConnectionTimeoutError("none")]
)
def test_network_errors_survive_pickling(error: NetworkError) -> None:
    same = pickle.loads(pickle.dumps(error))
    assert type(same) is type(error)
    assert (str(same), same.request_began) == (str(error), error.request_began)
    assert same.underlying_exception is None
