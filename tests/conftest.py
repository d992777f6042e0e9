"""For all tests: how many run at a time, and that an example of a property may take its time."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.file_keyring import system_keyring as system_keyring
from tests.redis_server import redis_prefix as redis_prefix
from tests.redis_server import redis_socket as redis_socket
from tests.redis_server import redis_url as redis_url

# On a busy machine an example may take long.
settings.register_profile("without a time limit", deadline=None)
settings.load_profile("without a time limit")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For ``-n auto``: three workers on two cores, because a fifth of the suite's time is waiting for time limits."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + cores // 2
