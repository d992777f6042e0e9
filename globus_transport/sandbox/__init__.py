"""A local Globus on 127.0.0.1, for demos, tests and continuous integration.

::

    from globus_transport.sandbox import Sandbox

    with Sandbox() as globus:
        collection = globus.add_collection("My laptop")
        token = globus.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all")
        # Any client of Globus Auth and Transfer, pointed at globus.environ.

In tests that run under pytest, the fixture ``globus`` is a running sandbox; see ``pytest_plugin``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_transport.sandbox.clock import Clock
    from globus_transport.sandbox.collections import Collection
    from globus_transport.sandbox.faults import Fault
    from globus_transport.sandbox.identities import Identity
    from globus_transport.sandbox.recording import Received
    from globus_transport.sandbox.sandbox import Sandbox
    from globus_transport.sandbox.tokens import SandboxToken

__all__ = ["Clock", "Collection", "Fault", "Identity", "Received", "Sandbox", "SandboxToken"]

_MODULES = {
    "Clock": "clock",
    "Collection": "collections",
    "Fault": "faults",
    "Identity": "identities",
    "Received": "recording",
    "Sandbox": "sandbox",
    "SandboxToken": "tokens",
}

# Hidden from type checkers, or to them every name would exist.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # Every pytest run imports the plugin, and with it this package: Flask is loaded when someone uses the sandbox.
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in {"authlib", "flask", "joserfc", "werkzeug"}:
                raise
            raise ImportError(
                f'The sandbox needs {package}, which is not installed: run pip install "globus_transport[sandbox]"',
                name=package,
            ) from error
        globals()[name] = value
        return value
