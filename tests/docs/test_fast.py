"""The program of the page on the extra fast."""

from __future__ import annotations

import pytest

from globus_transport import TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample
from tests.terminals.fresh_terminal import forget_proxies


def test_with_and_without(globus: Sandbox, run: RunExample, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)
    token = globus.issue_token(TransferScopes.all).access_token
    names = run("embedding/fast.py", TRANSFER_ACCESS_TOKEN=token)
    assert names["quick"].stack.terminal.fast
    assert not names["plain"].stack.terminal.fast
    assert globus.requests.count(path="/v0.10/task_list") == 2
