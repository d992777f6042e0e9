"""What one sandbox knows. Nothing is kept outside of it, so that many sandboxes can run in one process."""

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.codes import CodeStore
from globus_transport.sandbox.collections import Collections
from globus_transport.sandbox.faults import Faults
from globus_transport.sandbox.id_tokens import IdTokenSigner
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.recording import RequestLog
from globus_transport.sandbox.tasks import TaskStore
from globus_transport.sandbox.tokens import TokenStore


@dataclass(slots=True)
class Settings:
    """What may be changed while a sandbox runs; times in seconds."""

    access_token_lifetime: float
    rotate_refresh_tokens: bool
    token_delay: float
    task_delay: float


class State:
    """Everything that the services of one sandbox share."""

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        self.settings = settings
        self.clock = Clock()
        self.faults = Faults()
        self.requests = RequestLog()
        self.grants: Counter[str] = Counter()
        self.identities = Identities()
        self.user = self.identities.add(
            Identity("ada@sandbox.example", name="Ada Sandbox", email="ada@sandbox.example", organization="Sandbox")
        )
        self.native_client = OAuthClient()
        self.client = OAuthClient.confidential()
        self.clients = {client.client_id: client for client in (self.native_client, self.client)}
        self.identities.add(self.client.identity)
        self.tokens = TokenStore(self.clock, lambda: settings.access_token_lifetime)
        self.codes = CodeStore(self.clock)
        self.signer = IdTokenSigner()
        self.collections = Collections(folder)
        self.tasks = TaskStore()
        self.auth_url = ""
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def issuer(self) -> str:
        """Auth's name for itself: its address without the last slash."""
        return self.auth_url.rstrip("/")

    def count_grant(self, grant_type: str) -> None:
        """Note that tokens were granted."""
        with self._lock:
            self.grants[grant_type] += 1

    def pause(self, seconds: float) -> None:
        """Sleep for so many seconds of real time, or until the sandbox closes."""
        if seconds > 0:
            self._closing.wait(seconds)

    def close(self) -> None:
        """Wake whoever pauses and stop the tasks that run."""
        self._closing.set()
        self.tasks.close()
