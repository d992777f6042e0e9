"""An ``SSLContext`` for each setting of ``verify_ssl``, shared by the process: reading the CA certificates is slow."""

from __future__ import annotations

import os
import ssl
import threading

from urllib3.util.ssl_ import create_urllib3_context

from globus_transport.exc.base import GlobusSDKUsageError

_contexts: dict[bool | str, ssl.SSLContext] = {}
_lock = threading.Lock()


def shared_context(verify: bool | str) -> ssl.SSLContext:
    """The context for ``True`` (the CA certificates of the system), ``False``, or the path of a CA file or folder.

    :raises GlobusSDKUsageError: if the CA path cannot be read as certificates
    """
    with _lock:
        context = _contexts.get(verify)
        if context is None:
            context = _contexts[verify] = _make_context(verify)
        return context


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


def _replace_lock() -> None:
    # The thread that held the lock when the process forked does not exist in the child.
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_replace_lock)
