"""The class :class:`Sandbox`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from globus_transport.sandbox import scopes
from globus_transport.sandbox.access_requirements import DEFAULT_MESSAGE, LoginSession, data_access_scope
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.faults import Faults
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.oauth_routes import AUTHORIZE_PATH
from globus_transport.sandbox.request_log import RequestLog
from globus_transport.sandbox.server import MAX_BODY_SIZE
from globus_transport.sandbox.servers import Servers
from globus_transport.sandbox.state import Settings, State
from globus_transport.sandbox.state_file import StateFile
from globus_transport.sandbox.tokens import SandboxToken


class Sandbox:
    """The Globus services on 127.0.0.1, each on a port of its own.

    It starts with :meth:`start` or as a context manager, and only once. Two sandboxes share nothing. The arguments
    that are also attributes may be changed while it runs.

    :param folder: where new collections get their folders, and where a file keeps the state: users, clients,
        collections, access rules, bookmarks, refresh tokens and so on. The next sandbox with this folder restores it.
        ``None`` for a temporary folder that :meth:`close` removes
    :param access_token_lifetime: of new access tokens, in seconds
    :param rotate_refresh_tokens: whether each refresh issues a new refresh token that replaces the old one. The use
        of a replaced token then revokes all tokens of the same login and resource server
    :param token_delay: delay of each token request in seconds, to provoke races
    :param task_delay: delay of a task before each file in seconds, to make its progress visible
    :param auth_port: port of Auth; 0 for a free one
    :param transfer_port: port of Transfer; 0 for a free one
    :param ports: ports of further services, by name: ``{"groups": 8003}``. A service that is not named gets a free one
    :param host_names: names besides ``127.0.0.1`` and ``localhost`` that a request may have in ``Host``, for example
        that of a proxy in front of the sandbox. Requests to another host are refused, because a page in a browser may
        have sent them
    :param max_body_size: of a request, in bytes. The requests to Auth are small, so its own limit is 1 MiB at most
    :raises OSError: if the folder cannot be read
    :raises TypeError: if ``host_names`` is a text
    :raises ValueError: if a sandbox of this version did not write the state file in the folder, or a host name or size
        makes no sense
    :ivar clock: the clock for the expiry of tokens and tasks; a test moves it forward instead of sleeping
    :ivar faults: the faults that are injected into replies
    :ivar requests: the received requests, in order
    :ivar grants: the number of token grants, by grant type
    :ivar user: the identity that logs in
    :ivar client_id: the id of a confidential client
    :ivar client_secret: the secret of this client
    :ivar native_client_id: the id of a public client (a native app)
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        access_token_lifetime: float = 172800.0,
        rotate_refresh_tokens: bool = True,
        token_delay: float = 0.0,
        task_delay: float = 0.0,
        auth_port: int = 0,
        transfer_port: int = 0,
        ports: Mapping[str, int] | None = None,
        host_names: Iterable[str] = (),
        max_body_size: int = MAX_BODY_SIZE,
    ) -> None:
        self._settings = Settings(access_token_lifetime, rotate_refresh_tokens, token_delay, task_delay)
        self._state = State(self._settings, None if folder is None else Path(folder))
        if folder is not None:
            self._state.save = StateFile(self._state, Path(folder)).save
        all_ports = {"auth": auth_port, "transfer": transfer_port, **(ports or {})}
        self._servers = Servers(self._state, all_ports, host_names, max_body_size)
        self._started = False
        self.clock: Clock = self._state.clock
        self.faults: Faults = self._state.faults
        self.requests: RequestLog = self._state.requests
        self.grants: Counter[str] = self._state.grants
        self.user: Identity = self._state.user
        self.client_id: str = self._state.client.client_id
        self.client_secret: str = self._state.client.secret or ""
        self.native_client_id: str = self._state.native_client.client_id

    def start(self) -> Self:
        """Start the servers.

        :raises OSError: if a port is in use
        :raises RuntimeError: if it was started before
        """
        if self._started:
            raise RuntimeError("A sandbox can be started only once")
        self._started = True
        try:
            self._servers.start()
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Stop the tasks, close all connections, free the ports and remove the temporary folder."""
        self._state.close()
        self._servers.close()
        # A request that was still running may have submitted another task.
        self._state.tasks.close()
        self._state.save()
        self._state.collections.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def auth_url(self) -> str:
        """The base URL of Auth, such as ``http://127.0.0.1:40123/``.

        :raises RuntimeError: if the sandbox does not run
        """
        return self._servers.url("auth")

    @property
    def transfer_url(self) -> str:
        """The base URL of Transfer.

        :raises RuntimeError: if the sandbox does not run
        """
        return self._servers.url("transfer")

    def url_of(self, service: str) -> str:
        """The base URL of a service.

        :param service: ``auth``, ``transfer``, ``groups``, ``search``, ``flows``, ``timer``, ``compute`` or
            ``connect_server``
        :raises RuntimeError: if the sandbox does not run
        :raises ValueError: if there is no such service
        """
        return self._servers.url(service)

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables that direct clients to this sandbox.

        :raises RuntimeError: if the sandbox does not run
        """
        return self._servers.environ()

    @property
    def access_token_lifetime(self) -> float:
        """Lifetime of new access tokens, in seconds."""
        return self._settings.access_token_lifetime

    @access_token_lifetime.setter
    def access_token_lifetime(self, seconds: float) -> None:
        self._settings.access_token_lifetime = seconds

    @property
    def rotate_refresh_tokens(self) -> bool:
        """Whether each refresh replaces the refresh token."""
        return self._settings.rotate_refresh_tokens

    @rotate_refresh_tokens.setter
    def rotate_refresh_tokens(self, rotate: bool) -> None:
        self._settings.rotate_refresh_tokens = rotate

    @property
    def token_delay(self) -> float:
        """Delay of each token request, in seconds."""
        return self._settings.token_delay

    @token_delay.setter
    def token_delay(self, seconds: float) -> None:
        self._settings.token_delay = seconds

    @property
    def task_delay(self) -> float:
        """Delay of a task before each file, in seconds."""
        return self._settings.task_delay

    @task_delay.setter
    def task_delay(self, seconds: float) -> None:
        self._settings.task_delay = seconds

    @property
    def collections(self) -> list[Collection]:
        """The collections, oldest first."""
        return self._state.collections.all()

    def add_collection(
        self,
        display_name: str,
        folder: str | Path | None = None,
        *,
        owner: Identity | None = None,
        entity_type: Literal["GCP_mapped_collection", "GCSv5_mapped_collection"] = "GCP_mapped_collection",
    ) -> Collection:
        """Add a collection, or get the restored collection of this name and owner.

        :param folder: the root of the collection, created if it does not exist; ``None`` for a new folder
        :param owner: ``None`` for the sandbox's user
        :param entity_type: of Globus Connect Personal or of Globus Connect Server
        :raises OSError: if the folder cannot be created
        :raises RuntimeError: if the sandbox was closed
        """
        added = self._state.collections.add(
            display_name,
            None if folder is None else Path(folder),
            owner_id=self._state.identities.add(owner or self.user).id,
            entity_type=entity_type,
        )
        self._state.save()
        return added

    def add_group(self, *members: Identity) -> str:
        """Add a group, for roles and access rules.

        :return: the id of the group
        """
        id = self._state.groups.add(self._state.identities.add(member).id for member in members)
        self._state.save()
        return id

    def add_identity(self, identity: Identity) -> Identity:
        """Add an identity, so that Auth finds it before it has a token."""
        added = self._state.identities.add(identity)
        self._state.save()
        return added

    def add_stream_access_point(self, display_name: str, collection: Collection) -> str:
        """Add a stream access point of a collection, for tunnels.

        :return: the id of the access point
        """
        fields: dict[str, str | None] = dict.fromkeys(
            ("contact_email", "contact_info", "department", "description", "info_link", "keywords", "organization")
        )
        fields |= {
            "display_name": display_name,
            "advertised_owner": self.user.username,
            "tlsftp_server": None,
            "host_endpoint": collection.id,
        }
        added = self._state.streams.access_points.add(fields)
        self._state.save()
        return str(added["id"])

    def require_consent(self, collection: Collection, *scopes: object) -> None:
        """Require consents for the files of a collection.

        A request with another token gets a 403 ``ConsentRequired`` that names the scope to request. Guest collections
        of the collection are not affected.

        :param scopes: the scopes that the token's Transfer scope must have as dependencies; without any, the
            collection's ``data_access``
        """
        self._state.access_requirements.consents[collection.id] = tuple(str(scope) for scope in scopes) or (
            data_access_scope(collection.id),
        )
        self._state.save()

    def require_session(
        self,
        collection: Collection,
        *,
        identities: Iterable[str] = (),
        domains: Iterable[str] = (),
        policies: Iterable[str] = (),
        mfa: bool = False,
        message: str = DEFAULT_MESSAGE,
    ) -> None:
        """Require a login with certain properties for the files of a collection.

        A request with a token of another login gets a 403 with ``authorization_parameters``. In the sandbox a login
        has the properties that its authorize URL asks for.

        :param identities: ids or usernames; the session must have all of them
        :param domains: the session must have one of them
        :param policies: ids of authentication policies; the session must satisfy all of them
        :param mfa: whether the login needs multi-factor authentication
        :param message: for the user, in the error
        """
        wanted = LoginSession(frozenset(identities), frozenset(domains), frozenset(policies), mfa)
        self._state.access_requirements.sessions[collection.id] = wanted, message
        self._state.save()

    def lift_demands(self, collection: Collection) -> None:
        """Undo :meth:`require_consent` and :meth:`require_session` for a collection."""
        self._state.access_requirements.consents.pop(collection.id, None)
        self._state.access_requirements.sessions.pop(collection.id, None)
        self._state.save()

    def issue_token(
        self, scope: object, *, client_id: str | None = None, refresh: bool = True, user: Identity | None = None
    ) -> SandboxToken:
        """Issue tokens without a login, for tests and examples. :attr:`grants` does not count them.

        :param scope: one or more scopes of one resource server: text, or an object whose ``str()`` is such text
        :param client_id: the client that may refresh; ``None`` for the public client
        :param refresh: whether to issue a refresh token
        :param user: the user that the tokens are for; ``None`` for the sandbox's user
        :raises ValueError: if the scopes are malformed or of several resource servers, or the client is unknown
        """
        client_id = client_id or self.native_client_id
        if client_id not in self._state.clients:
            raise ValueError(f"client_id={client_id!r}: the sandbox has no client with this id")
        user = self._state.identities.add(user or self.user)
        requested = scopes.parse(str(scope))
        scopes.check_resource_servers(requested)
        issued = self._state.tokens.mint(client_id, user, requested, refresh=refresh)
        if len(issued) != 1:
            raise ValueError(
                f"scope={str(scope)!r}: a token is for one resource server; call issue_token() once for each"
            )
        self._state.tokens.add(issued)
        self._state.save()
        return issued[0].to_sandbox_token()

    def revoke_all_access_tokens(self) -> None:
        """Revoke every access token issued so far, which then gets a 401. Refresh tokens stay valid."""
        self._state.tokens.revoke_all_access()
        self._state.save()

    def expire_access_tokens(self) -> None:
        """Expire every access token issued so far. Refresh tokens stay valid."""
        self._state.tokens.expire_all_access()
        self._state.save()

    def verify(self) -> None:
        """Check at the end of a test that every fault was met.

        :raises AssertionError: if fewer requests met a fault than its ``times``, or none met one without; the message
            lists them
        """
        if pending := self.faults.pending():
            were = "faults were" if len(pending) > 1 else "fault was"
            raise AssertionError("\n".join([f"{len(pending)} {were} not met: {pending[0]}", *map(str, pending[1:])]))

    def approve(self, authorize_url: str) -> str:
        """Log in as the sandbox's user and consent, as a user in a browser does.

        :param authorize_url: the URL that a client starts its login with
        :return: the authorization code
        :raises ValueError: if this is not an authorize URL of this sandbox, or Auth refuses it
        """
        parts = urlsplit(authorize_url)
        if not authorize_url.startswith(self.auth_url) or parts.path != AUTHORIZE_PATH:
            raise ValueError(f"Not an authorize address of this sandbox: it has to start with {self.auth_url}")
        response = self._servers.app("auth").test_client().get(f"{parts.path}?{parts.query}")
        parameters = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        if "code" not in parameters:
            document = response.get_json(silent=True) or {}
            reason = parameters.get("error") or [document.get("error", f"status {response.status_code}")]
            raise ValueError(f"Auth refused: {reason[0]}")
        return parameters["code"][0]

    def __repr__(self) -> str:
        if not self._servers.are_running:
            return "Sandbox(not running)"
        return f"Sandbox(auth_url={self.auth_url!r}, transfer_url={self.transfer_url!r})"
