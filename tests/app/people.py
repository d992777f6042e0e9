"""Who logs in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from globus_transport.sandbox import Sandbox


class User:
    """Reads addresses from a terminal, approves there, and types the code."""

    def __init__(self, globus: Sandbox) -> None:
        self.globus = globus
        self.addresses: list[str] = []

    @property
    def logins(self) -> int:
        """How many times the user logged in."""
        return len(self.addresses)

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the last address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.addresses[-1]).query).items()}

    def reads(self, text: str, **_options: object) -> None:
        """What stands in place of ``print``."""
        self.addresses += [line for line in text.splitlines() if line.startswith(self.globus.auth_url)]

    def types(self, prompt: str) -> str:
        """What stands in place of ``input``."""
        return f" {self.globus.approve(self.addresses[-1])}\n"
