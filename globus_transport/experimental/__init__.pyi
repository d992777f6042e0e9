"""What type checkers see of the package: the names that ``__init__.py`` loads, of clients that may still change."""

from globus_transport.experimental.transfer_v2.async_client import AsyncTransferClientV2 as AsyncTransferClientV2
from globus_transport.experimental.transfer_v2.client import TransferClientV2 as TransferClientV2
from globus_transport.experimental.transfer_v2.data.bookmark_documents import (
    BookmarkCreateDocument as BookmarkCreateDocument,
)
from globus_transport.experimental.transfer_v2.data.bookmark_documents import (
    BookmarkUpdateDocument as BookmarkUpdateDocument,
)
from globus_transport.experimental.transfer_v2.data.tunnel_documents import TunnelCreateDocument as TunnelCreateDocument
from globus_transport.experimental.transfer_v2.data.tunnel_documents import TunnelUpdateDocument as TunnelUpdateDocument
