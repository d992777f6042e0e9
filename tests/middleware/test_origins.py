"""State for each origin: shared while it is there, bounded, and new in a forked child."""

from __future__ import annotations

import threading

import pytest

from globus_transport import ConcurrencyLimit, Request
from globus_transport.middleware.origins import ByOrigin
from tests.core.stepping import exit_code_of_child, get


def test_an_origin_has_one_state() -> None:
    states = ByOrigin(list[int])
    assert states.get("https://a.org") is states.get("https://a.org")
    assert states.get("https://a.org") is not states.get("https://b.org")


def test_threads_that_come_at_once_get_the_same() -> None:
    states = ByOrigin(list[int])
    together = threading.Barrier(8)
    got: list[list[int]] = []

    def ask() -> None:
        together.wait(20)
        got.append(states.get("https://a.org"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({id(state) for state in got}) == 1
    assert len(got) == 8


def test_there_are_not_ever_more_of_them() -> None:
    states = ByOrigin(list[int])
    oldest = states.get("https://0.org")
    for number in range(1, 256):
        states.get(f"https://{number}.org")
    assert states.get("https://0.org") is oldest
    states.get("https://256.org")
    assert states.get("https://0.org") is not oldest


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_begins_with_no_state() -> None:
    layer = ConcurrencyLimit(1)
    under_way = layer(get())
    next(under_way)
    held = layer._queues.lock

    def child() -> int:
        return 0 if isinstance(next(layer(get())), Request) else 1

    with held:
        assert exit_code_of_child(child) == 0
    under_way.close()
