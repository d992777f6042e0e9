"""What Globus Transfer's refusals are raised as."""

from __future__ import annotations

from globus_transport.exc.api import GlobusAPIError


class TransferAPIError(GlobusAPIError):
    """Globus Transfer refused. Its codes have dots: ``ClientError.BadRequest.NoTransferItems``."""
