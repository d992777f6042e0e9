"""A person at the terminal, for the programs that log one in."""

from __future__ import annotations

import pytest

from globus_transport.sandbox import Sandbox


class Person:
    """Approves the address that the program prints, and types the code."""

    def __init__(self, globus: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.globus = globus
        self.capsys = capsys
        self.logins = 0
        self._shown = ""

    def type_code(self, prompt: str) -> str:
        """Replaces ``input``."""
        self.logins += 1
        self._shown += self.capsys.readouterr().out
        addresses = [word for word in self._shown.split() if word.startswith(self.globus.auth_url)]
        return self.globus.approve(addresses[-1])

    def lines(self) -> list[str]:
        """The lines that the program printed, without the instructions for the login."""
        shown = self._shown + self.capsys.readouterr().out
        self._shown = ""
        return [line for line in shown.splitlines() if line and "Log in with" not in line and "://" not in line]
