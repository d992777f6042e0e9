"""Tests that ask for ``fresh`` or ``terminal`` run with the blocking terminal and with the asyncio one.

Those that ask for ``run`` run with the terminals for asyncio that send over sockets.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.terminals.async_terminals import RUNNERS, Runs
from tests.terminals.fresh_terminal import Fresh, forget_proxies, fresh_asyncio, fresh_urllib3


@pytest.fixture(params=[fresh_urllib3, fresh_asyncio], ids=["urllib3", "asyncio"])
def fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Fresh:
    """Makes a terminal that ignores the proxies of the environment."""
    forget_proxies(monkeypatch)
    made: Fresh = request.param
    return made


@pytest.fixture
def terminal(fresh: Fresh) -> Iterator[Any]:
    with fresh() as terminal:
        yield terminal


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest) -> Runs:
    """Calls a function with a terminal, in an event loop."""
    return RUNNERS[request.param]
