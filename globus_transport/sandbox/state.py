"""What one sandbox knows. Nothing is kept outside of it, so that many sandboxes can run in one process."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.codes import CodeStore
from globus_transport.sandbox.collections import Collection, Collections
from globus_transport.sandbox.demands import Demands, Session
from globus_transport.sandbox.faults import Faults
from globus_transport.sandbox.id_tokens import IdTokenSigner
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.recording import RequestLog
from globus_transport.sandbox.records import Records
from globus_transport.sandbox.registry.store import Registry
from globus_transport.sandbox.streams import Streams
from globus_transport.sandbox.tasks import TaskStore
from globus_transport.sandbox.tokens import Credential, TokenStore


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
        self.clock.on_advance(self.tasks.wake)
        self.groups: dict[str, set[str]] = {}
        self.roles = Records()
        self.rules = Records()
        self.bookmarks = Records()
        self.pause_rules = Records()
        self.demands = Demands()
        self.sessions: dict[str, Session] = {}
        self.registry = Registry()
        self.streams = Streams(self.clock)
        self.auth_url = ""
        # Called when something may have changed; a sandbox with a folder keeps its state there.
        self.keep: Callable[[], None] = lambda: None
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def issuer(self) -> str:
        """Auth's name for itself: its address without the last slash."""
        return self.auth_url.rstrip("/")

    def session_of(self, credential: Credential) -> Session:
        """How the user of a token logged in. Whoever got the token without a login has a session without anything."""
        return self.sessions.get(credential.login, Session())

    def forget(self, collection: Collection) -> None:
        """Delete a collection, its guest collections and what is known about them; files stay."""
        for gone in self.collections.remove(collection):
            for records in (self.roles, self.rules):
                records.remove_where(endpoint=gone.id)
            self.pause_rules.remove_where(endpoint_id=gone.id)
            self.demands.consents.pop(gone.id, None)
            self.demands.sessions.pop(gone.id, None)
        self.tasks.wake()

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
