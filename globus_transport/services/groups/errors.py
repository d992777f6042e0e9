"""The exceptions of Globus Groups."""

from __future__ import annotations

from globus_transport.exc.api import GlobusAPIError


class GroupsAPIError(GlobusAPIError):
    """Globus Groups responded with an error.

    An action on a member that fails is no such error: the service answers 200, and the reply lists it under
    ``errors``. See :meth:`GroupsClient.batch_membership_action`.
    """
