"""Identities other than the sandbox's user, and their requests to Transfer."""

from __future__ import annotations

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Answer, Http


class Person:
    """An identity with a token."""

    def __init__(self, globus: Sandbox, name: str) -> None:
        self.identity = globus.add_identity(Identity(f"{name}@sandbox.example", name=name.title()))
        self.transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL, user=self.identity).access_token)

    def __call__(self, method: str, at: str, document: object = None, /, **query: str) -> Answer:
        return self.transfer(method, at, document=document, query=query)


def code_of(answer: Answer) -> tuple[int, str]:
    """The status and code of an error."""
    return answer.status, answer.document["code"]
