"""Documents that a request carries: dicts with a constructor that knows their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.missing import MISSING


class GlobusPayload(dict[str, Any]):
    """A document to send. It is a dict; fields that were not given are not in it."""

    def _set_given(self, fields: Mapping[str, Any], additional_fields: Mapping[str, Any] | None = None) -> None:
        self.update({name: value for name, value in fields.items() if value is not MISSING})
        if additional_fields is not None:
            if not isinstance(additional_fields, Mapping):
                raise GlobusSDKUsageError(
                    f"{type(self).__name__}: additional_fields is a mapping, not a {type(additional_fields).__name__}"
                )
            self.update(additional_fields)
