"""An ``SSLContext`` for each setting of ``verify_ssl``, shared by the process: reading the CA certificates is slow."""

from __future__ import annotations

import os
import ssl
import threading

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError


class _SharedContexts(PerProcess):
    """The contexts that were made, with a lock. A forked child keeps the contexts, and makes a lock of its own."""

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
    if verify is False:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif verify is True:
        context = ssl.create_default_context()
    else:
        try:
            if os.path.isdir(verify):
                context = ssl.create_default_context(capath=verify)
            else:
                context = ssl.create_default_context(cafile=verify)
        except (OSError, ssl.SSLError) as error:
            raise GlobusSDKUsageError(f"verify_ssl={verify!r} is not a readable CA file or folder: {error}") from error
    # RFC 9110, section 4.3.4: names are taken from a certificate's alternative names only.
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    return context
