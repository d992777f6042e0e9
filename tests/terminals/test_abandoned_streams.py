"""A program may leave a streamed response unread. The garbage collector then closes its connection."""

import gc
import warnings

import pytest

from globus_transport.http.messages import Request, Response
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.fresh_terminal import forget_proxies


def leave(response: Response, *, in_cycle: bool) -> None:
    if in_cycle:
        cycle: list[object] = [response]
        cycle.append(cycle)


@pytest.mark.parametrize("in_cycle", [False, True])
def test_a_stream_that_is_left_unread_closes_its_connection_without_a_warning(
    monkeypatch: pytest.MonkeyPatch, in_cycle: bool
) -> None:
    forget_proxies(monkeypatch)
    terminal = Urllib3Terminal()
    with ScriptedServer(answering(whole(bytes(1 << 20)))) as server:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            leave(terminal(Request("GET", server.origin, stream=True)), in_cycle=in_cycle)
            gc.collect()
        assert [str(warning.message) for warning in caught] == []
        assert terminal(Request("GET", server.origin)).body == bytes(1 << 20)
        assert server.connections == 2
        terminal.close()
