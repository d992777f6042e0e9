"""Documents that a request carries: dicts with a constructor that knows their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport import http
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, without_missing


class GlobusPayload(dict[str, Any]):
    """A document to send. It is a dict; fields that were not given are ``MISSING``, which is not sent nor printed."""

    def _set_given(self, fields: Mapping[str, Any], additional_fields: Mapping[str, Any] | None = None) -> None:
        self.update(fields)
        if additional_fields is not None:
            self.update(checked_fields(type(self).__name__, additional_fields))

    def __repr__(self) -> str:
        return repr({name: value for name, value in self.items() if value is not MISSING})

    def _repr_html_(self) -> str:
        """A table for notebooks: the fields that were given, long ones folded."""
        rows = http.html_documents.document_rows(without_missing(self))
        return http.html_tables.html_table(type(self).__name__, rows)


def checked_fields(owner: str, additional_fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Further fields of a document, as they were given.

    :raises GlobusSDKUsageError: if they are no mapping
    """
    if not isinstance(additional_fields, Mapping):
        raise GlobusSDKUsageError(f"{owner}: additional_fields is a mapping, not a {type(additional_fields).__name__}")
    return additional_fields
