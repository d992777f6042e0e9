"""The state of one sandbox. Nothing is global, so that several sandboxes can run in one process."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar, overload

import attrs

from globus_transport.sandbox.access_requirements import AccessRequirements, LoginSession
from globus_transport.sandbox.authorization_codes import CodeStore
from globus_transport.sandbox.clients import OAuthClient, known_programs
from globus_transport.sandbox.clock import Clock, check_seconds
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
from globus_transport.sandbox.token_faults import TokenFaults
from globus_transport.sandbox.tokens import Credential, TokenStore

T = TypeVar("T")


def _check_time(settings: Settings, attribute: attrs.Attribute[float], seconds: float) -> None:
    check_seconds(attribute.name, seconds)


@attrs.define
class Settings:
    """Settings that may change while a sandbox runs. Times are in seconds.

    :raises ValueError: if a time is negative or too long, also when it is changed
    """

    access_token_lifetime: float = attrs.field(validator=_check_time)
    rotate_refresh_tokens: bool
    token_delay: float = attrs.field(validator=_check_time)
    task_delay: float = attrs.field(validator=_check_time)
    auto_approve: bool = True


class Setting(Generic[T]):
    """An attribute of the sandbox that is one of its settings."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, sandbox: None, owner: type) -> Self: ...
    @overload
    def __get__(self, sandbox: HasSettings, owner: type) -> T: ...
    def __get__(self, sandbox: HasSettings | None, owner: type) -> Self | T:
        if sandbox is None:
            return self
        value: T = getattr(sandbox._settings, self._name)
        return value

    def __set__(self, sandbox: HasSettings, value: T) -> None:
        setattr(sandbox._settings, self._name, value)


class HasSettings(Protocol):
    """The sandbox, as a setting sees it."""

    _settings: Settings


class State:
    """The state that the services of one sandbox share.

    :ivar sessions: how users logged in, by the login id of their tokens
    :ivar urls: the base URLs of the services, by name; empty before the sandbox runs
    :ivar form_key: the secret behind the forms of the login page
    :ivar save: called after a change; it saves the state if the sandbox has a folder
    """

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        self.settings = settings
        self.clock = Clock()
        self.faults = Faults()
        self.token_faults = TokenFaults()
        self.requests = RequestLog()
        self.grants: Counter[str] = Counter()
        self.identities = Identities()
        self.user = self.identities.add(
            Identity("ada@sandbox.example", name="Ada Sandbox", email="ada@sandbox.example", organization="Sandbox")
        )
        self.native_client = OAuthClient(name="Sandbox native app")
        self.client = OAuthClient.confidential()
        clients = (self.native_client, self.client, *known_programs())
        self.clients = {client.client_id: client for client in clients}
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
        self.timers = TimersStore(self.clock)
        self.connect_server = ConnectServerStore(self.user.id)
        self.roles = Records()
        self.rules = Records()
        self.bookmarks = Records()
        self.pause_rules = Records()
        self.access_requirements = AccessRequirements()
        self.sessions: dict[str, LoginSession] = {}
        self.registry = Registry()
        self.streams = Streams(self.clock)
        self.urls: dict[str, str] = {}
        self.form_key = secrets.token_bytes(32)
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
            self.connect_server.forget_collection(deleted.id)
            self.access_requirements.consents.pop(deleted.id, None)
            self.access_requirements.sessions.pop(deleted.id, None)
        self.tasks.wake()

    def forget(self) -> None:
        """Forget everything, as a step of starting again. What a snapshot holds has to be loaded after it."""
        self.tasks.clear()
        for forgotten in (
            self.codes,
            self.tokens,
            self.token_faults,
            self.collections,
            self.faults,
            self.requests,
            self.grants,
        ):
            forgotten.clear()
        self.sessions.clear()
        self.clock.reset()

    def count_grant(self, grant_type: str) -> None:
        """Count a token grant."""
        with self._lock:
            self.grants[grant_type] += 1

    def pause(self, seconds: float) -> None:
        """Sleep for a number of seconds of real time, or until the sandbox closes."""
        if seconds > 0:
            self._closing.wait(min(seconds, threading.TIMEOUT_MAX))

    def close(self) -> None:
        """End all pauses, stop the running tasks, and start no more by timers."""
        self._closing.set()
        self.requests.close()
        self.tasks.close()
        self.timers.close()
