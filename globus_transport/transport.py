"""Settings of a client's own connections, and the default terminals that are made from them.

This is the one module between the clients and the terminals: the names of :mod:`globus_transport.terminals` are loaded
when they are used, so that a client with another terminal does not load urllib3.
"""

from __future__ import annotations

import os
from typing import Any

import attrs

from globus_transport import config, terminals
from globus_transport.exc.base import GlobusSDKUsageError

# globus-sdk has these in a module of this name.
from globus_transport.http.client_info import GlobusClientInfo as GlobusClientInfo
from globus_transport.middleware.retry.checks import RequestCallerInfo as RequestCallerInfo
from globus_transport.middleware.retry.checks import RetryCheck as RetryCheck
from globus_transport.middleware.retry.checks import RetryCheckCollection as RetryCheckCollection
from globus_transport.middleware.retry.checks import RetryCheckFlags as RetryCheckFlags
from globus_transport.middleware.retry.checks import RetryCheckResult as RetryCheckResult
from globus_transport.middleware.retry.checks import RetryCheckRunner as RetryCheckRunner
from globus_transport.middleware.retry.checks import RetryContext as RetryContext
from globus_transport.middleware.retry.checks import set_retry_check_flags as set_retry_check_flags
from globus_transport.middleware.retry.config import RetryConfig as RetryConfig
from globus_transport.routing.encoders import FormRequestEncoder as FormRequestEncoder
from globus_transport.routing.encoders import JSONRequestEncoder as JSONRequestEncoder
from globus_transport.routing.encoders import RequestEncoder as RequestEncoder


@attrs.frozen
class Transport:
    """Settings of a client's own connections.

    :param verify_ssl: whether servers' certificates are verified, or the path of a CA file or folder; by
        default the value of ``GLOBUS_SDK_VERIFY_SSL``, else that of ``REQUESTS_CA_BUNDLE``, else ``True``
    :param http_timeout: seconds to wait for a connection, and for the server's next bytes; -1 for no limit;
        by default the value of ``GLOBUS_SDK_HTTP_TIMEOUT``, else 60
    :param connect_timeout: seconds to wait for a connection, if other than ``http_timeout``
    :param deadline: seconds for a whole call, with its retries and waits; ``None`` for no limit
    :param pool_size: connections kept open for each origin. Under asyncio there are no more than these, and further
        requests wait for one
    """

    verify_ssl: bool | str | os.PathLike[str] | None = None
    http_timeout: float | None = None
    connect_timeout: float | None = None
    deadline: float | None = None
    pool_size: int = 32

    def make_terminal(self) -> terminals.Urllib3Terminal:
        """A terminal of these settings.

        :raises GlobusSDKUsageError: if a setting, or the environment variable that replaces it, cannot be used
        """
        return terminals.Urllib3Terminal(**self._settings())

    def make_async_terminal(self) -> terminals.AsyncioTerminal:
        """The same for asyncio.

        :raises GlobusSDKUsageError: if a setting, or the environment variable that replaces it, cannot be used
        """
        return terminals.AsyncioTerminal(**self._settings())

    def _settings(self) -> dict[str, Any]:
        verify = config.verify_ssl() if self.verify_ssl is None else self.verify_ssl
        if not isinstance(verify, bool):
            if not isinstance(verify, (str, os.PathLike)):
                raise GlobusSDKUsageError(f"verify_ssl={verify!r}: give True, False or the path of a CA file or folder")
            verify = os.fspath(verify)
            if not os.path.exists(verify):
                raise GlobusSDKUsageError(f"verify_ssl={verify!r}: there is no such CA file or folder")
        timeout = config.http_timeout() if self.http_timeout is None else self.http_timeout
        return {
            "http_timeout": None if timeout == -1 else timeout,
            "connect_timeout": self.connect_timeout,
            "verify_ssl": verify,
            "pool_size": self.pool_size,
        }


#: The name that globus-sdk has for the settings.
RequestsTransport = Transport
