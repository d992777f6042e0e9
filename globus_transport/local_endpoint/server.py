"""Globus Connect Server on this computer."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http import json

__all__ = ["LocalGlobusConnectServer"]


class LocalGlobusConnectServer:
    """The Globus Connect Server node of this computer.

    A program in a container does not see the files of the computer that it runs on.

    :param info_path: the file in which the node describes itself
    :ivar info_path: the same, as a ``Path``
    :raises GlobusSDKUsageError: if ``info_path`` is not a path
    """

    def __init__(self, *, info_path: str | os.PathLike[str] = "/var/lib/globus-connect-server/info.json") -> None:
        if not isinstance(info_path, (str, os.PathLike)):
            raise GlobusSDKUsageError(f"info_path: expected the path of a file, got {info_path!r}")
        self.info_path = Path(info_path)
        self._info: dict[str, Any] | None = None

    @property
    def info_dict(self) -> dict[str, Any] | None:
        """What the node says about itself; ``None`` if there is no such file, or it has no JSON object.

        It is read once. ``del local.info_dict`` has it read again.

        :raises OSError: if the file cannot be read
        """
        if self._info is None:
            self._info = _read_object(self.info_path)
        return self._info

    @info_dict.deleter
    def info_dict(self) -> None:
        self._info = None

    @property
    def endpoint_id(self) -> str | None:
        """The id of the endpoint that the node belongs to; ``None`` if unknown."""
        return self._get_text("endpoint_id")

    @property
    def domain_name(self) -> str | None:
        """The domain name of the endpoint, such as ``abc.def.data.globus.org``; ``None`` if unknown."""
        return self._get_text("domain_name")

    def _get_text(self, key: str) -> str | None:
        value = (self.info_dict or {}).get(key)
        return value if isinstance(value, str) else None


def _read_object(path: Path) -> dict[str, Any] | None:
    # A folder cannot be read, and a pipe may never end.
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
