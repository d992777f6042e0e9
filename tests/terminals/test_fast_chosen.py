"""When the extra fast is used: if it is installed, unless it is turned off."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from globus_transport.transport import Transport
from tests.terminals.fresh_terminal import fresh_terminal, get

NOT_INSTALLED = 'fast is wanted, but not installed: pip install "globus_transport[fast]"'


def test_it_is_used_if_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLOBUS_SDK_FAST", raising=False)
    assert Urllib3Terminal().fast
    assert Transport().make_terminal().fast


@pytest.mark.parametrize("fast", [True, False])
def test_its_connections_are_the_ones_that_are_used(monkeypatch: pytest.MonkeyPatch, fast: bool) -> None:
    answer = whole(b"{}", "200 OK", "Connection: keep-alive")
    with ScriptedServer(answering(answer)) as server, fresh_terminal(monkeypatch, fast=fast) as terminal:
        assert terminal(get(server.origin)).body == b"{}"
        (connection,) = terminal._ways[server.origin]._idle
    assert type(connection).__name__ == ("FastHTTPConnection" if fast else "PlainHTTPConnection")


def test_a_setting_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_FAST", "true")
    assert not Urllib3Terminal(fast=False).fast
    assert not Transport(fast=False).make_terminal().fast


def test_the_environment_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_FAST", "0")
    assert not Transport().make_terminal().fast
    assert Transport(fast=True).make_terminal().fast


def test_the_environment_is_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_FAST", "quick")
    with pytest.raises(GlobusSDKUsageError, match="GLOBUS_SDK_FAST='quick': give true or false"):
        Transport().make_terminal()


def test_without_httptools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "globus_transport.terminals.urllib3.fast", None)
    assert not Urllib3Terminal().fast
    with pytest.raises(GlobusSDKUsageError) as caught:
        Urllib3Terminal(fast=True)
    assert str(caught.value) == NOT_INSTALLED


def test_a_copy_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, left_open = pickle.dumps(Urllib3Terminal(fast=False)), pickle.dumps(Urllib3Terminal())
    assert not pickle.loads(chosen).fast
    assert pickle.loads(left_open).fast
    monkeypatch.setitem(sys.modules, "globus_transport.terminals.urllib3.fast", None)
    assert not pickle.loads(left_open).fast


def test_with_the_core_dependencies_alone() -> None:
    program = (
        "import sys; sys.modules['httptools'] = sys.modules['orjson'] = None\n"
        "from globus_transport import TransferClient\n"
        "print(TransferClient().stack.terminal.fast)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
