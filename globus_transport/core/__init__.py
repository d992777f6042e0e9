"""The protocol between layers and what runs them.

``flow`` defines what a middleware is and what it may ask for; ``layers`` and ``stack`` put middleware in order over a
terminal; ``driver`` runs flows under threads, ``async_driver`` under asyncio; ``events`` are what a call reports.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "core.async_stack": ("AsyncStack",),
    "core.events": ("Attempt", "Began", "Ended", "Event", "Hedged", "Listener", "Redirected", "Renewal", "Waiting"),
    "core.flow": (
        "AsyncSend",
        "Flow",
        "Hedge",
        "Middleware",
        "Read",
        "Run",
        "Send",
        "Shield",
        "Sleep",
        "Start",
        "Step",
        "Steps",
        "Wait",
        "hedge",
        "read",
        "read_bounded",
        "run",
        "send",
        "shield",
        "sleep",
        "wait",
    ),
    "core.layers": ("AnyMiddleware", "Layer", "LayerLike", "Place"),
    "core.stack": ("Stack",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
