"""The contract of terminals, kept with httptools and without."""

from __future__ import annotations

from typing import Any

from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.terminal_contract import TerminalContract


class TestFast(TerminalContract):
    pickles = True
    forks = True
    strict_heads = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout, fast=True)


class TestPlain(TerminalContract):
    pickles = True
    forks = True
    strict_heads = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout, fast=False)
