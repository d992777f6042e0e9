"""The exceptions of Globus Transfer."""

from __future__ import annotations

from globus_transport.exc.api import GlobusAPIError


class TransferAPIError(GlobusAPIError):
    """Globus Transfer responded with an error. Its codes have parts: ``ClientError.BadRequest.NoTransferItems``."""
