"""Globus Connect Personal on this computer."""

from __future__ import annotations

import codecs
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.local_endpoint.owner_info import DN_START, GlobusConnectPersonalOwnerInfo
from globus_transport.routing.bound import AwaitedCalls

if TYPE_CHECKING:
    from globus_transport.services.auth.async_client import AsyncAuthClient
    from globus_transport.services.auth.client import AuthClient

__all__ = ["GlobusConnectPersonalOwnerInfo", "LocalGlobusConnectPersonal"]

_OWNER_LINE = f'"{DN_START}'.encode()


class LocalGlobusConnectPersonal:
    """The Globus Connect Personal of this computer's user.

    It reads files that the user may change: what they say is not checked against the service.

    :param config_dir: the folder of its settings, as given to Globus Connect Personal with ``-dir``. By default
        ``~/.globusonline`` on Linux and macOS, and ``%LOCALAPPDATA%\\Globus Connect`` on Windows
    :raises GlobusSDKUsageError: if ``config_dir`` is not a path
    """

    def __init__(self, *, config_dir: str | os.PathLike[str] | None = None) -> None:
        if config_dir is not None and not isinstance(config_dir, (str, os.PathLike)):
            raise GlobusSDKUsageError(f"config_dir: expected the path of a folder, got {config_dir!r}")
        self._config_dir = None if config_dir is None else os.fspath(config_dir)
        self._endpoint_id: str | None = None

    @property
    def config_dir(self) -> str:
        """The folder of its settings.

        :raises GlobusSDKUsageError: if none was given, and the environment does not tell the user's folder
        """
        if not self._config_dir:
            self._config_dir = _find_config_dir()
        return self._config_dir

    @property
    def endpoint_id(self) -> str | None:
        """The id of the endpoint, which is also the id of its collection; ``None`` if this computer has none.

        It is read once. ``del local.endpoint_id`` has it read again.

        :raises GlobusSDKUsageError: if the file ``client-id.txt`` is not text
        :raises OSError: if the file cannot be read
        """
        if self._endpoint_id is None:
            path = self._data_dir / "client-id.txt"
            try:
                self._endpoint_id = _read(path).decode().strip() or None
            except UnicodeDecodeError:
                raise GlobusSDKUsageError(f"{path} does not have the id of an endpoint: it is not text") from None
        return self._endpoint_id

    @endpoint_id.deleter
    def endpoint_id(self) -> None:
        self._endpoint_id = None

    @overload
    def get_owner_info(self, auth_client: None = None) -> GlobusConnectPersonalOwnerInfo | None: ...
    @overload
    def get_owner_info(self, auth_client: AuthClient) -> dict[str, Any] | None: ...
    @overload
    def get_owner_info(self, auth_client: AsyncAuthClient) -> Coroutine[Any, Any, dict[str, Any] | None]: ...
    def get_owner_info(self, auth_client: AuthClient | AsyncAuthClient | None = None) -> Any:
        """The owner of the endpoint; ``None`` if this computer has no endpoint, or its file names no owner.

        ::

            owner = LocalGlobusConnectPersonal().get_owner_info()
            if owner is not None:
                print(owner.id or owner.username)

        :param auth_client: looks up the owner's identity. The result is then its document, which has the ``id``,
            ``username``, ``name`` and ``email``; ``None`` also if the service does not show it. With an
            ``AsyncAuthClient`` the call is awaited
        :raises GlobusSDKUsageError: if ``auth_client`` cannot look up identities
        :raises OSError: if the file ``gridmap`` cannot be read
        """
        if auth_client is not None and not hasattr(auth_client, "get_identities"):
            raise GlobusSDKUsageError(
                f"auth_client: a {type(auth_client).__name__} cannot look up identities; give an AuthClient"
            )
        owner = self._read_owner()
        if auth_client is None:
            return owner
        if isinstance(auth_client, AwaitedCalls):
            return _look_up_async(auth_client, owner)
        return None if owner is None else _first_identity(auth_client.get_identities(**_query_for(owner)))

    @property
    def _data_dir(self) -> Path:
        return Path(self.config_dir) if _is_windows() else Path(self.config_dir, "lta")

    def _read_owner(self) -> GlobusConnectPersonalOwnerInfo | None:
        # Other lines may be in any encoding.
        line = next(
            (line for line in _read(self._data_dir / "gridmap").splitlines() if line.startswith(_OWNER_LINE)), b""
        )
        try:
            return GlobusConnectPersonalOwnerInfo(config_dn=line.decode())
        except ValueError:
            return None


async def _look_up_async(client: Any, owner: GlobusConnectPersonalOwnerInfo | None) -> dict[str, Any] | None:
    return None if owner is None else _first_identity(await client.get_identities(**_query_for(owner)))


def _query_for(owner: GlobusConnectPersonalOwnerInfo) -> dict[str, Any]:
    return {"usernames": owner.username} if owner.id is None else {"ids": owner.id}


def _first_identity(reply: Any) -> dict[str, Any] | None:
    identities: list[dict[str, Any]] = reply.get("identities") or []
    return identities[0] if identities else None


def _is_windows() -> bool:
    return os.name == "nt"


def _find_config_dir() -> str:
    if _is_windows():
        folder = os.environ.get("LOCALAPPDATA")
        if not folder:
            raise GlobusSDKUsageError("the environment variable LOCALAPPDATA is not set: set it, or give config_dir=")
        return os.path.join(folder, "Globus Connect")
    folder = os.path.expanduser("~/.globusonline")
    if folder.startswith("~"):
        raise GlobusSDKUsageError("the user's home folder is unknown: set the variable HOME, or give config_dir=")
    return folder


def _read(path: Path) -> bytes:
    """The contents of a file without a byte order mark; nothing if there is no such file."""
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        return b""
