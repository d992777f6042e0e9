"""The services and their state, and what a program does with them; without the control API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from globus_transport.sandbox.access_requirements import DEFAULT_MESSAGE, LoginSession, data_access_scope
from globus_transport.sandbox.clients import SandboxClient, make_client
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.collections import Collection, EntityType, read_folder
from globus_transport.sandbox.connect_server.store import ConnectServerStore
from globus_transport.sandbox.faults import Faults, check_all_met
from globus_transport.sandbox.flows.store import FlowsStore
from globus_transport.sandbox.groups.store import GroupsStore
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.logins import add_client, approve, issue_token
from globus_transport.sandbox.request_log import RequestLog
from globus_transport.sandbox.search.setup import SearchSetup
from globus_transport.sandbox.seeds import Seed
from globus_transport.sandbox.servers import Servers
from globus_transport.sandbox.starting_point import StartingPoint
from globus_transport.sandbox.state import Setting, Settings, State
from globus_transport.sandbox.state_file import StateFile
from globus_transport.sandbox.token_faults import TokenFaults, describe
from globus_transport.sandbox.tokens import SandboxToken


class LocalGlobus:
    """The services of a sandbox. :class:`~globus_transport.sandbox.Sandbox` is this with the control API.

    :param folder: where the state is kept; ``None`` for a temporary folder
    :param seed: what a new state begins with
    :param ports: of the services, by name; 0 for a free one
    :param host_names: names besides ``127.0.0.1`` and ``localhost`` that a request may have in ``Host``
    :param max_body_size: of a request, in bytes
    """

    #: Lifetime of new access tokens, in seconds.
    access_token_lifetime = Setting[float]()
    #: Whether each refresh replaces the refresh token.
    rotate_refresh_tokens = Setting[bool]()
    #: Delay of each token request, in seconds.
    token_delay = Setting[float]()
    #: Delay of a task before each file, in seconds.
    task_delay = Setting[float]()
    #: Whether an authorize URL leads back to the program without a page for a person.
    auto_approve = Setting[bool]()

    def __init__(
        self,
        settings: Settings,
        folder: Path | None,
        seed: Seed,
        ports: Mapping[str, int],
        host_names: Iterable[str],
        max_body_size: int,
    ) -> None:
        self._settings = settings
        self._seed = seed
        self._state = State(settings, folder)
        kept = None if folder is None else StateFile(self._state, folder)
        if kept is None or not kept.was_there:
            seed.apply(self._state)
        if kept is not None:
            self._state.save = kept.save
        self._servers = Servers(self._state, ports, host_names, max_body_size)
        self._started = False
        self.clock: Clock = self._state.clock
        self.faults: Faults = self._state.faults
        self.flows: FlowsStore = self._state.flows
        self.token_faults: TokenFaults = self._state.token_faults
        self.requests: RequestLog = self._state.requests
        self.groups: GroupsStore = self._state.groups
        self.connect_server: ConnectServerStore = self._state.connect_server
        self.search = SearchSetup(self._state)
        self.grants: Counter[str] = self._state.grants
        self._read_user_and_clients()

    def _read_user_and_clients(self) -> None:
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
        self._starting_point = StartingPoint(self._state, self._seed)
        try:
            self._start_servers()
        except BaseException:
            self.close()
            raise
        return self

    def _start_servers(self) -> None:
        self._servers.start()

    def close(self) -> None:
        """Stop the tasks, close all connections, free the ports and remove the temporary folder."""
        self._state.close()
        self._servers.close()
        # A request that was still running may have submitted another task.
        self._state.tasks.close()
        self._state.save()
        self._state.collections.close()

    def reset(self) -> None:
        """Bring back the state in which the sandbox started. No request may be on its way meanwhile.

        Folders that it made for collections are emptied, and the seed's files are written again. A folder that the
        program gave keeps its files. Addresses stay.

        :raises RuntimeError: if the sandbox does not run
        :raises OSError: if a file of the seed cannot be written
        """
        if not self._servers.are_running:
            raise RuntimeError("The sandbox does not run, so that there is nothing to reset")
        self._starting_point.restore()
        self._read_user_and_clients()

    @property
    def auth_url(self) -> str:
        """The base URL of Auth, such as ``http://127.0.0.1:40123/``.

        :raises RuntimeError: if the sandbox does not run
        """
        return self._servers.url("auth")

    @property
    def transfer_url(self) -> str:
        """The base URL of Transfer; it raises as :attr:`auth_url` does."""
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
    def collections(self) -> list[Collection]:
        """The collections, oldest first."""
        return self._state.collections.all()

    def add_client(
        self,
        id: str | None = None,
        secret: str | None = None,
        *,
        native: bool = True,
        redirect_uris: Iterable[str] = (),
        name: str = "",
    ) -> SandboxClient:
        """Add a client for a program that has its own client id. It replaces an earlier one with this id.

        :param id: a UUID; ``None`` for a new one
        :param secret: of a confidential client; ``None`` for a new one
        :param native: whether it is a public client, which has no secret
        :param redirect_uris: the allowed ones; without any, the code page and addresses of this machine
        :param name: of the program, for the person who logs in
        :raises TypeError: if ``redirect_uris`` is a text
        :raises ValueError: if the id, the secret or a redirect URI makes no sense, or the id is taken
        """
        added = add_client(self._state, make_client(id, secret, native=native, redirect_uris=redirect_uris, name=name))
        self._state.save()
        return added

    def add_collection(
        self,
        display_name: str,
        folder: str | Path | None = None,
        *,
        owner: Identity | None = None,
        entity_type: EntityType = "GCP_mapped_collection",
    ) -> Collection:
        """Add a collection, or get the restored collection of this name and owner.

        :param display_name: its name
        :param folder: the root of the collection, created if it does not exist; ``None`` for a new folder
        :param owner: ``None`` for the sandbox's user
        :param entity_type: of Globus Connect Personal or of Globus Connect Server
        :raises OSError: if the folder cannot be created
        :raises RuntimeError: if the sandbox was closed
        :raises ValueError: if the folder is an empty text
        """
        path = None if folder is None else read_folder(folder)
        added = self._state.collections.add(
            display_name, path, owner_id=self._state.identities.add(owner or self.user).id, entity_type=entity_type
        )
        self._state.save()
        return added

    def add_group(self, *members: Identity) -> str:
        """Add a group, for roles and access rules.

        :param members: identities, added if they are new. The first, or without any the sandbox's user, is the admin
        :return: the id of the group
        """
        id = self._state.groups.add(self._state.identities.add(member).id for member in members or (self.user,))
        self._state.save()
        return id

    def add_identity(self, identity: Identity) -> Identity:
        """Add an identity, so that Auth finds it before it has a token.

        :param identity: the identity
        """
        added = self._state.identities.add(identity)
        self._state.save()
        return added

    def add_stream_access_point(self, display_name: str, collection: Collection) -> str:
        """Add a stream access point of a collection, for tunnels.

        :param display_name: its name
        :param collection: its host
        :return: the id of the access point
        """
        added = self._state.streams.add_access_point(display_name, collection.id, self.user.username)
        self._state.save()
        return added

    def require_consent(self, collection: Collection | str, *scopes: object) -> None:
        """Require consents for the files of a collection.

        A request with another token gets a 403 ``ConsentRequired`` that names the scope; not for guest collections.

        :param collection: the collection, or its id
        :param scopes: the scopes that the token's Transfer scope must have as dependencies; without any, the
            collection's ``data_access``
        :raises ValueError: if the sandbox has no such collection
        """
        collection_id = self._id_of(collection)
        self._state.access_requirements.consents[collection_id] = tuple(str(scope) for scope in scopes) or (
            data_access_scope(collection_id),
        )
        self._state.save()

    def require_session(
        self,
        collection: Collection | str,
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

        :param collection: the collection, or its id
        :param identities: ids or usernames; the session must have all of them
        :param domains: the session must have one of them
        :param policies: ids of authentication policies; the session must satisfy all of them
        :param mfa: whether the login needs multi-factor authentication
        :param message: for the user, in the error
        :raises ValueError: if the sandbox has no such collection
        """
        wanted = LoginSession(frozenset(identities), frozenset(domains), frozenset(policies), mfa)
        self._state.access_requirements.sessions[self._id_of(collection)] = wanted, message
        self._state.save()

    def lift_demands(self, collection: Collection | str) -> None:
        """Undo :meth:`require_consent` and :meth:`require_session` for a collection.

        :param collection: the collection, or its id
        :raises ValueError: if the sandbox has no such collection
        """
        collection_id = self._id_of(collection)
        self._state.access_requirements.consents.pop(collection_id, None)
        self._state.access_requirements.sessions.pop(collection_id, None)
        self._state.save()

    def _id_of(self, collection: Collection | str) -> str:
        collection_id = collection if isinstance(collection, str) else collection.id
        if self._state.collections.get(collection_id) is None:
            raise ValueError(f"this sandbox has no collection {collection_id}; collections() lists them")
        return collection_id

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
        issued = issue_token(self._state, scope, client_id or self.native_client_id, user or self.user, refresh=refresh)
        self._state.save()
        return issued

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

        :raises AssertionError: if fewer requests met a fault than its ``times``, or none met one without
        """
        check_all_met([*self.faults.pending(), *describe(self.token_faults.pending())])

    def approve(self, authorize_url: str, *, user: Identity | None = None) -> str:
        """Log in and consent, as a person in a browser does. The login has the properties that the URL asks for.

        :param authorize_url: the URL that a client starts its login with
        :param user: who logs in; ``None`` for the sandbox's user
        :return: the authorization code
        :raises ValueError: if this is not an authorize URL of this sandbox, or Auth refuses it
        """
        return approve(self._state, self._servers.app("auth"), self.auth_url, authorize_url, user or self.user)

    def __repr__(self) -> str:
        if not self._servers.are_running:
            return "Sandbox(not running)"
        return f"Sandbox(auth_url={self.auth_url!r}, transfer_url={self.transfer_url!r})"
