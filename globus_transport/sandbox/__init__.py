"""A local Globus on 127.0.0.1, for demos, tests and continuous integration.

::

    from globus_transport.sandbox import Sandbox

    with Sandbox() as globus:
        collection = globus.add_collection("My laptop")
        token = globus.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all")
        # Any client of Globus Auth and Transfer, pointed at globus.environ.
"""

try:
    from globus_transport.sandbox.clock import Clock
    from globus_transport.sandbox.collections import Collection
    from globus_transport.sandbox.faults import Fault
    from globus_transport.sandbox.identities import Identity
    from globus_transport.sandbox.recording import Received
    from globus_transport.sandbox.sandbox import Sandbox
    from globus_transport.sandbox.tokens import SandboxToken
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package not in {"authlib", "flask", "joserfc", "werkzeug"}:
        raise
    raise ImportError(
        f'The sandbox needs {package}, which is not installed: run pip install "globus_transport[sandbox]"',
        name=package,
    ) from error

__all__ = ["Clock", "Collection", "Fault", "Identity", "Received", "Sandbox", "SandboxToken"]
