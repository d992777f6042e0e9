"""An ``SSLContext`` for each setting of ``verify_ssl``, shared by the process: reading the CA certificates is slow."""

from __future__ import annotations

import os
import ssl
import threading

from urllib3.util.ssl_ import create_urllib3_context

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError


class _SharedContexts(PerProcess):
    """The contexts that were made. A forked child keeps them; their lock may be held by a thread that it does not have."""

    _process_state = ("_lock",)

    def __init__(self) -> None:
        self._contexts: dict[bool | str, ssl.SSLContext] = {}
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()

    def get(self, verify: bool | str) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(verify)
            if context is None:
                context = self._contexts[verify] = _make_context(verify)
            return context


_shared = _SharedContexts()


def shared_context(verify: bool | str) -> ssl.SSLContext:
    """The context for ``True`` (the CA certificates of the system), ``False``, or the path of a CA file or folder.

    :raises GlobusSDKUsageError: if the CA path cannot be read as certificates
    """
    return _shared.get(verify)


def _make_context(verify: bool | str) -> ssl.SSLContext:
    context = create_urllib3_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif verify is True:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(**{"capath" if os.path.isdir(verify) else "cafile": verify})
        except (OSError, ssl.SSLError) as error:
            raise GlobusSDKUsageError(f"verify_ssl={verify!r} is not a readable CA file or folder: {error}") from error
    return context
