"""The state of one sandbox. Nothing is global, so that several sandboxes can run in one process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import attrs

from globus_transport.sandbox.access_requirements import AccessRequirements, LoginSession
from globus_transport.sandbox.authorization_codes import CodeStore
from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.collections import Collection, Collections
from globus_transport.sandbox.connect_server.store import ConnectServerStore
from globus_transport.sandbox.faults import Faults
from globus_transport.sandbox.flows.store import FlowsStore
from globus_transport.sandbox.groups.store import GroupsStore
from globus_transport.sandbox.id_tokens import IdTokenSigner
from globus_transport.sandbox.identities import Identities, Identity
from globus_transport.sandbox.part import Part
from globus_transport.sandbox.records import Records
from globus_transport.sandbox.registry.registry import Registry
from globus_transport.sandbox.request_log import RequestLog
from globus_transport.sandbox.search.store import SearchStore
from globus_transport.sandbox.streams import Streams
from globus_transport.sandbox.tasks import TaskStore
from globus_transport.sandbox.timers.store import TimersStore
from globus_transport.sandbox.tokens import Credential, TokenStore


@attrs.define
class Settings:
    """Settings that may change while a sandbox runs. Times are in seconds."""

    access_token_lifetime: float
    rotate_refresh_tokens: bool
    token_delay: float
    task_delay: float


class State:
    """The state that the services of one sandbox share.

    :ivar sessions: how users logged in, by the login id of their tokens
    :ivar urls: the base URLs of the services, by name; empty before the sandbox runs
    :ivar save: called after a change; it saves the state if the sandbox has a folder
    """

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
        self.groups = GroupsStore()
        self.search = SearchStore()
        self.flows = FlowsStore()
        self.timers = TimersStore()
        self.connect_server = ConnectServerStore()
        self.roles = Records()
        self.rules = Records()
        self.bookmarks = Records()
        self.pause_rules = Records()
        self.access_requirements = AccessRequirements()
        self.sessions: dict[str, LoginSession] = {}
        self.registry = Registry()
        self.streams = Streams(self.clock)
        self.urls: dict[str, str] = {}
        self.save: Callable[[], None] = lambda: None
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def parts(self) -> dict[str, Part]:
        """The state of the services that keep theirs apart, by name."""
        return {
            "groups": self.groups,
            "search": self.search,
            "flows": self.flows,
            "timers": self.timers,
            "connect_server": self.connect_server,
        }

    @property
    def issuer(self) -> str:
        """The issuer of ID tokens: the base URL of Auth without the trailing slash."""
        return self.urls.get("auth", "").rstrip("/")

    def session_of(self, credential: Credential) -> LoginSession:
        """How the user of a token logged in. For a token without a login, an empty session."""
        return self.sessions.get(credential.login, LoginSession())

    def delete_collection(self, collection: Collection) -> None:
        """Delete a collection and its guest collections, with their roles and rules. Their files stay."""
        for deleted in self.collections.remove(collection):
            for records in (self.roles, self.rules):
                records.remove_where(endpoint=deleted.id)
            self.pause_rules.remove_where(endpoint_id=deleted.id)
            self.access_requirements.consents.pop(deleted.id, None)
            self.access_requirements.sessions.pop(deleted.id, None)
        self.tasks.wake()

    def count_grant(self, grant_type: str) -> None:
        """Count a token grant."""
        with self._lock:
            self.grants[grant_type] += 1

    def pause(self, seconds: float) -> None:
        """Sleep for a number of seconds of real time, or until the sandbox closes."""
        if seconds > 0:
            self._closing.wait(seconds)

    def close(self) -> None:
        """End all pauses and stop the running tasks."""
        self._closing.set()
        self.tasks.close()
