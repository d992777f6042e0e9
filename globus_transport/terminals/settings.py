"""The settings of the terminals that make their own connections, blocking or asyncio."""

from __future__ import annotations

import os
from typing import Any, Self

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.numbers import is_number
from globus_transport.http.time_limits import check_time_limits, in_seconds
from globus_transport.terminals.http1.reader import MOST_HEAD

#: Origins whose connections a terminal keeps. When there are more, those of the oldest are closed.
MOST_ORIGINS = 32

_SETTINGS = ("http_timeout", "connect_timeout", "verify_ssl", "pool_size", "max_head_size")


class ConnectionSettings(PerProcess):
    """Base of a terminal that makes its own connections; its subclasses say what each parameter means there.

    :raises GlobusSDKUsageError: if a number is not positive
    """

    def __init__(
        self,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
        verify_ssl: bool | str = True,
        pool_size: int = 32,
        max_head_size: int = MOST_HEAD,
    ) -> None:
        check_time_limits(http_timeout, connect_timeout)
        for name, number in (("pool_size", pool_size), ("max_head_size", max_head_size)):
            if not is_number(number, at_least=1):
                raise GlobusSDKUsageError(f"{name}={number!r}: give a number above 0")
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self.max_head_size = max_head_size
        self._enter_process()

    def with_settings(self, **changes: Any) -> Self:
        """A terminal with other settings, and connections of its own.

        :param changes: parameters of this class. ``http_timeout=-1`` is no limit, and the time to connect changes along
            with it, if both are the same
        :raises GlobusSDKUsageError: if one cannot be used
        """
        settings = {name: getattr(self, name) for name in _SETTINGS} | changes
        if settings["http_timeout"] == -1:
            settings["http_timeout"] = None
        if "connect_timeout" not in changes and self.connect_timeout == self.http_timeout:
            settings["connect_timeout"] = None
        if isinstance(settings["verify_ssl"], os.PathLike):
            settings["verify_ssl"] = os.fspath(settings["verify_ssl"])
        return type(self)(**settings)

    def _describe(self, connections: str) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"{connections}, time-out {in_seconds(self.http_timeout)}, TLS {verify}"
