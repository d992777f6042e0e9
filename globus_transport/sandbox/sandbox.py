"""The class :class:`Sandbox`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from globus_transport.sandbox.collections import read_folder
from globus_transport.sandbox.control.server import ControlServer
from globus_transport.sandbox.local_globus import LocalGlobus
from globus_transport.sandbox.seeds import SeedLike, read_seed
from globus_transport.sandbox.server import MAX_BODY_SIZE
from globus_transport.sandbox.state import Settings


class Sandbox(LocalGlobus):
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
    :param ports: of other services, by name: ``{"groups": 8003}``; else free ones. ``control`` is the control API
    :param host_names: names besides ``127.0.0.1`` and ``localhost`` that a request may have in ``Host``, such as that
        of a proxy. Requests to another host are refused, because a page in a browser may have sent them
    :param max_body_size: of a request, in bytes. The requests to Auth are small, so its own limit is 1 MiB at most
    :param auto_approve: whether an authorize URL leads back at once; if not, a person decides on a page in the browser
    :param seed: what it holds at the start: the path of a file or folder, a document, or a name such as
        ``"two-collections"``; see the page "Control it from outside". A folder with a state is not seeded again
    :raises OSError: if the folder or the seed cannot be read
    :raises TypeError: if ``host_names`` is a text
    :raises ValueError: if another version wrote the state file, or a folder, host name, time, size or seed is wrong
    :ivar clock: the clock for the expiry of tokens and tasks; a test moves it forward instead of sleeping
    :ivar faults: the faults that are injected into replies
    :ivar connect_server: the endpoint of Globus Connect Server
    :ivar flows: the flows, and what their action providers return
    :ivar token_faults: what is wrong with the next token responses
    :ivar requests: the received requests, in order
    :ivar groups: the groups and their members
    :ivar search: adds indexes and entries to Search
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
        auto_approve: bool = True,
        seed: SeedLike | None = None,
    ) -> None:
        all_ports = {"auth": auth_port, "transfer": transfer_port, **(ports or {})}
        self._control_port = all_ports.pop("control", 0)
        self._control: ControlServer | None = None
        super().__init__(
            Settings(access_token_lifetime, rotate_refresh_tokens, token_delay, task_delay, auto_approve),
            None if folder is None else read_folder(folder),
            read_seed(seed),
            all_ports,
            host_names,
            max_body_size,
        )

    def _start_servers(self) -> None:
        super()._start_servers()
        self._control = ControlServer(self, self._control_port, self._servers.host_names)

    def close(self) -> None:
        """Stop the tasks, close all connections, free the ports and remove the temporary folder."""
        # The control API ends when nothing waits for events any more.
        self._state.close()
        if self._control is not None:
            self._control.close()
            self._control = None
        super().close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def control_url(self) -> str:
        """The base URL of the control API, and of a page for people.

        :raises RuntimeError: if the sandbox does not run
        """
        if self._control is None:
            raise RuntimeError("The sandbox does not run: call start(), or use it as a context manager")
        return self._control.url
