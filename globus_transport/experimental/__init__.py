"""What globus-sdk calls experimental, under its names. Its clients may change with the services' next versions.

The modules ``gcs_collection_client`` and ``gcs_downloader`` say where their classes are defined.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "experimental.transfer_v2.async_client": ("AsyncTransferClientV2",),
    "experimental.transfer_v2.client": ("TransferClientV2",),
    "experimental.transfer_v2.data.bookmark_documents": ("BookmarkCreateDocument", "BookmarkUpdateDocument"),
    "experimental.transfer_v2.data.tunnel_documents": ("TunnelCreateDocument", "TunnelUpdateDocument"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
