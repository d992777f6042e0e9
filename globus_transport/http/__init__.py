"""Values on the wire, and what of them may be printed: messages, headers, URLs, bodies, JSON. No I/O."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "http.bodies": ("AsyncByteStream", "ByteStream", "StreamBody"),
    "http.chunks": ("each_chunk",),
    "http.headers": ("Headers",),
    "http.messages": ("Request", "Response"),
    "http.urls": ("URL",),
}
# How values are shown. Loaded when one is.
_SUBMODULES = ("html_documents", "html_tables", "previews")

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, _SUBMODULES)
