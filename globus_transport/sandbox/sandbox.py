"""The sandbox as its users hold it."""

import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from globus_transport.sandbox import auth_errors, scopes, transfer_errors
from globus_transport.sandbox.auth_api import create_auth_app
from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.demands import MESSAGE, Session, data_access
from globus_transport.sandbox.faults import Faults
from globus_transport.sandbox.gate import Gate
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.keeping import Keeper
from globus_transport.sandbox.oauth_routes import AUTHORIZE_PATH
from globus_transport.sandbox.recording import RequestLog
from globus_transport.sandbox.server import HTTPService
from globus_transport.sandbox.state import Settings, State
from globus_transport.sandbox.tokens import SandboxToken
from globus_transport.sandbox.transfer_api import create_transfer_app


class Sandbox:
    """Globus Auth and Globus Transfer on 127.0.0.1, each on a port of its own.

    It starts with ``start()`` or as a context manager, and only once. Nothing is shared between two of them. The
    arguments that are also attributes may be changed while it runs.

    :param folder: Where the folders of collections are made, and where a file keeps what the sandbox knows: the user,
        clients, collections, access rules, bookmarks, refresh tokens and so on are there again for the next sandbox
        with this folder. None for a temporary folder, removed by ``close()``.
    :param access_token_lifetime: Lifetime of new access tokens, in seconds.
    :param rotate_refresh_tokens: Whether a refresh token works once and brings its successor. Then the use of a
        replaced one revokes all tokens that came of the same login for the same resource server.
    :param token_delay: Seconds that each token request waits, so that races show.
    :param task_delay: Seconds that tasks wait before each file, so that progress can be watched.
    :param auth_port: Port of Auth; 0 lets the system choose.
    :param transfer_port: Port of Transfer; 0 lets the system choose.
    :raises OSError: The folder cannot be read.
    :raises ValueError: The state that is kept in the folder was not written by a sandbox.
    :ivar clock: The time by which tokens and tasks live; move it forward instead of sleeping.
    :ivar faults: Failures on purpose.
    :ivar requests: The requests received, in order.
    :ivar grants: How many times tokens were granted, by grant type.
    :ivar user: Who logs in.
    :ivar client_id: Id of a confidential client.
    :ivar client_secret: Its secret.
    :ivar native_client_id: Id of a public client (a native app).
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
    ) -> None:
        self._settings = Settings(access_token_lifetime, rotate_refresh_tokens, token_delay, task_delay)
        self._state = State(self._settings, None if folder is None else Path(folder))
        if folder is not None:
            self._state.keep = Keeper(self._state, Path(folder)).save
        self._auth_app = create_auth_app(self._state)
        self._ports = {"auth": auth_port, "transfer": transfer_port}
        self._services: dict[str, HTTPService] = {}
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
        """Start to answer requests.

        :raises OSError: A port is taken.
        :raises RuntimeError: It was started before.
        """
        if self._started:
            raise RuntimeError("A sandbox can be started only once")
        self._started = True
        gates = {
            "auth": Gate("auth", self._auth_app, auth_errors.error_document, self._state),
            "transfer": Gate("transfer", create_transfer_app(self._state), transfer_errors.error_document, self._state),
        }
        try:
            for name, gate in gates.items():
                self._services[name] = HTTPService(name, gate, self._ports[name])
        except BaseException:
            self.close()
            raise
        self._state.auth_url = self.auth_url
        return self

    def close(self) -> None:
        """Stop tasks, close all connections, free the ports, and remove what was temporary."""
        self._state.close()
        for service in self._services.values():
            service.close()
        self._services.clear()
        # A request that was under way may have submitted one more.
        self._state.tasks.close()
        self._state.keep()
        self._state.collections.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def auth_url(self) -> str:
        """Address of Auth, such as ``http://127.0.0.1:40123/``.

        :raises RuntimeError: The sandbox does not run.
        """
        return self._service("auth").url

    @property
    def transfer_url(self) -> str:
        """Address of Transfer, such as ``http://127.0.0.1:40124/``.

        :raises RuntimeError: The sandbox does not run.
        """
        return self._service("transfer").url

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables that lead clients here."""
        return {
            "GLOBUS_SDK_SERVICE_URL_AUTH": self.auth_url,
            "GLOBUS_SDK_SERVICE_URL_TRANSFER": self.transfer_url,
        }

    @property
    def access_token_lifetime(self) -> float:
        """Lifetime of new access tokens, in seconds."""
        return self._settings.access_token_lifetime

    @access_token_lifetime.setter
    def access_token_lifetime(self, seconds: float) -> None:
        self._settings.access_token_lifetime = seconds

    @property
    def rotate_refresh_tokens(self) -> bool:
        """Whether a refresh token works once and brings its successor."""
        return self._settings.rotate_refresh_tokens

    @rotate_refresh_tokens.setter
    def rotate_refresh_tokens(self, rotate: bool) -> None:
        self._settings.rotate_refresh_tokens = rotate

    @property
    def token_delay(self) -> float:
        """Seconds that each token request waits."""
        return self._settings.token_delay

    @token_delay.setter
    def token_delay(self, seconds: float) -> None:
        self._settings.token_delay = seconds

    @property
    def task_delay(self) -> float:
        """Seconds that tasks wait before each file."""
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
        """A new collection, or the one that an earlier sandbox in the same folder had under this name.

        :param display_name: What it is called.
        :param folder: What clients see as its root, made if it does not exist; None for a new folder.
        :param owner: Whose it is; None for the sandbox's user.
        :param entity_type: Whether it is a personal one or a server's.
        :raises OSError: The folder cannot be made.
        :raises RuntimeError: The sandbox was closed.
        """
        added = self._state.collections.add(
            display_name,
            None if folder is None else Path(folder),
            owner_id=self._state.identities.add(owner or self.user).id,
            entity_type=entity_type,
        )
        self._state.keep()
        return added

    def add_group(self, *members: Identity) -> str:
        """A new group, which roles and access rules may name.

        :return: Its id.
        """
        id = str(uuid.uuid4())
        self._state.groups[id] = {self._state.identities.add(one).id for one in members}
        self._state.keep()
        return id

    def add_identity(self, identity: Identity) -> Identity:
        """Make somebody known, so that Auth finds them before they have a token."""
        added = self._state.identities.add(identity)
        self._state.keep()
        return added

    def add_stream_access_point(self, display_name: str, collection: Collection) -> str:
        """A new stream access point beside a collection, for tunnels.

        :return: Its id.
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
        self._state.keep()
        return str(added["id"])

    def require_consent(self, collection: Collection, *scopes: object) -> None:
        """From now on the files of a collection are open only to tokens with consents for it.

        Others get a 403 ``ConsentRequired`` that says which scope to ask for. Guest collections on it are not affected.

        :param scopes: The scopes that have to stand below Transfer's; none for the collection's ``data_access``.
        """
        self._state.demands.consents[collection.id] = tuple(str(scope) for scope in scopes) or (
            data_access(collection.id),
        )
        self._state.keep()

    def require_session(
        self,
        collection: Collection,
        *,
        identities: Iterable[str] = (),
        domains: Iterable[str] = (),
        policies: Iterable[str] = (),
        mfa: bool = False,
        message: str = MESSAGE,
    ) -> None:
        """From now on the files of a collection are open only to tokens of a login that fulfils this.

        Others get a 403 with ``authorization_parameters``. A login fulfils what its authorize address asked for.

        :param identities: Ids or usernames, all of which have to be in the session.
        :param domains: Domains, one of which has to be.
        :param policies: Ids of policies that have to be fulfilled.
        :param mfa: Whether a second factor is needed.
        :param message: What the user is told.
        """
        wanted = Session(frozenset(identities), frozenset(domains), frozenset(policies), mfa)
        self._state.demands.sessions[collection.id] = wanted, message
        self._state.keep()

    def lift_demands(self, collection: Collection) -> None:
        """Demand no consent and no session of those who use a collection any more."""
        self._state.demands.consents.pop(collection.id, None)
        self._state.demands.sessions.pop(collection.id, None)
        self._state.keep()

    def issue_token(
        self, scope: object, *, client_id: str | None = None, refresh: bool = True, user: Identity | None = None
    ) -> SandboxToken:
        """Tokens without a login, for tests and examples. They are not counted among the grants.

        :param scope: One or more scopes of one resource server: text, or an object that becomes such text.
        :param client_id: Who may refresh; None for the public client.
        :param refresh: Whether there is a refresh token.
        :param user: Who seems to have logged in; None for the sandbox's user.
        :raises ValueError: The scopes make no sense or are of several resource servers, or there is no such client.
        """
        client_id = client_id or self.native_client_id
        if client_id not in self._state.clients:
            raise ValueError("The sandbox has no client with this id")
        user = self._state.identities.add(user or self.user)
        issued = self._state.tokens.mint(client_id, user, scopes.parse(str(scope)), refresh=refresh)
        if len(issued) != 1:
            raise ValueError("A token is for one resource server: issue one for each")
        self._state.tokens.add(issued)
        self._state.keep()
        return issued[0].token()

    def revoke_all_access_tokens(self) -> None:
        """From now on every access token issued so far gets a 401; refresh tokens still work."""
        self._state.tokens.revoke_all_access()
        self._state.keep()

    def expire_access_tokens(self) -> None:
        """Let every access token issued so far expire at once; refresh tokens still work."""
        self._state.tokens.expire_all_access()
        self._state.keep()

    def approve(self, authorize_url: str) -> str:
        """Log in as the sandbox's user and approve, as a browser at this address would.

        :return: The authorization code.

        :raises ValueError: It is no authorize address of this sandbox, or Auth refused it.
        """
        parts = urlsplit(authorize_url)
        if not authorize_url.startswith(self.auth_url) or parts.path != AUTHORIZE_PATH:
            raise ValueError("Not an authorize address of this sandbox")
        response = self._auth_app.test_client().get(f"{parts.path}?{parts.query}")
        answer = parse_qs(urlsplit(response.headers.get("Location", "")).query)
        if "code" not in answer:
            document = response.get_json(silent=True) or {}
            reason = answer.get("error") or [document.get("error", f"status {response.status_code}")]
            raise ValueError(f"Auth refused: {reason[0]}")
        return answer["code"][0]

    def _service(self, name: str) -> HTTPService:
        try:
            return self._services[name]
        except KeyError:
            raise RuntimeError("The sandbox does not run") from None

    def __repr__(self) -> str:
        if not self._services:
            return "Sandbox(not running)"
        return f"Sandbox(auth_url={self.auth_url!r}, transfer_url={self.transfer_url!r})"
