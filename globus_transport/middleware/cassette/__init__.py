"""Records calls and replays them: the layer, and the file with the recorded calls."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "middleware.cassette.cassette": ("Cassette",),
    "middleware.cassette.tape": ("NotRecordedError",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
