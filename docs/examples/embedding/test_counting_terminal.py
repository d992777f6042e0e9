"""The tests that every terminal has to pass, for CountingTerminal."""

from counting_terminal import CountingTerminal

from globus_transport.terminals import Urllib3Terminal
from globus_transport.testing.terminal_contract import TerminalContract


class TestCountingTerminal(TerminalContract):
    pickles = True

    def make_terminal(
        self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0
    ) -> CountingTerminal:
        return CountingTerminal(
            Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout)
        )
