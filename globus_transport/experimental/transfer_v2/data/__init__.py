"""The documents that are sent to Globus Transfer's routes under ``/v2``, in the format of JSON:API (jsonapi.org)."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "experimental.transfer_v2.data.bookmark_documents": ("BookmarkCreateDocument", "BookmarkUpdateDocument"),
    "experimental.transfer_v2.data.tunnel_documents": ("TunnelCreateDocument", "TunnelUpdateDocument"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
