"""The documents that are sent to Globus Auth."""

from __future__ import annotations

import uuid

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.ids import is_id
from globus_transport.routing.payload import GlobusPayload


class DependentScopeSpec(GlobusPayload):
    """A scope on which a registered scope depends. A user's consent to the registered scope includes it.

    :param scope: the id of the scope
    :param optional: whether the user may decline it
    :param requires_refresh_token: whether the dependent token needs a refresh token
    :raises GlobusSDKUsageError: if a value has the wrong type
    """

    def __init__(self, scope: uuid.UUID | str, optional: bool, requires_refresh_token: bool) -> None:
        super().__init__()
        if not is_id(scope):
            raise GlobusSDKUsageError(f"DependentScopeSpec: scope: expected an id, got {scope!r}")
        for name, value in (("optional", optional), ("requires_refresh_token", requires_refresh_token)):
            if not isinstance(value, bool):
                raise GlobusSDKUsageError(f"DependentScopeSpec: {name}: expected True or False, got {value!r}")
        self.update(scope=str(scope), optional=optional, requires_refresh_token=requires_refresh_token)
