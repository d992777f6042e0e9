"""The documents that are sent to Globus Flows."""

from __future__ import annotations

from typing import Literal

from globus_transport.routing.field_checks import check_optional_lists
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe
from globus_transport.routing.payload import GlobusPayload

RunStatus = Literal["INACTIVE", "SUCCEEDED", "FAILED"]


class RunActivityNotificationPolicy(GlobusPayload):
    """When the service sends emails about a run.

    :param status: the statuses of the run that cause an email; by default only ``INACTIVE``, which means that the run
        waits for a person
    :raises GlobusSDKUsageError: if ``status`` is not a list
    """

    def __init__(self, status: Maybe[list[RunStatus]] = MISSING) -> None:
        super().__init__()
        self._set_given(check_optional_lists(status=status))
