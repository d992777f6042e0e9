"""A local Globus on 127.0.0.1, for demos, tests and continuous integration (extra ``sandbox``).

::

    from globus_transport.sandbox import Sandbox

    with Sandbox() as globus:
        collection = globus.add_collection("My laptop")
        token = globus.issue_token("urn:globus:auth:scope:transfer.api.globus.org:all")
        # Any client of Globus Auth and Transfer, directed here by globus.environ.

In tests that run under pytest, the fixture ``globus`` is a running sandbox.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "sandbox.clients": ("SandboxClient",),
    "sandbox.clock": ("Clock",),
    "sandbox.collections": ("Collection",),
    "sandbox.faults": ("Fault",),
    "sandbox.identities": ("Identity",),
    "sandbox.request_log": ("Received",),
    "sandbox.sandbox": ("Sandbox",),
    "sandbox.tokens": ("SandboxToken",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
