"""Globus Transfer's routes under ``/v2``: tunnels, stream access points and bookmarks.

Their documents have the format of JSON:API (jsonapi.org). Reference: docs.globus.org/api/transfer.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "experimental.transfer_v2.async_client": ("AsyncTransferClientV2",),
    "experimental.transfer_v2.client": ("TransferClientV2",),
    "experimental.transfer_v2.data.bookmark_documents": ("BookmarkCreateDocument", "BookmarkUpdateDocument"),
    "experimental.transfer_v2.data.tunnel_documents": ("TunnelCreateDocument", "TunnelUpdateDocument"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
