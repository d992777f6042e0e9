"""The base of the documents of Globus Connect Server, and the choice of their version.

Each document names its type and version in ``DATA_TYPE``, such as ``collection#1.8.0``. A server rejects versions and
fields that it does not know. So a document gets the lowest version that has all its fields: then it works with every
server that can do what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from globus_transport.middleware.redaction import Redaction
from globus_transport.routing.missing import MISSING, MissingType, without_missing
from globus_transport.routing.parameters import Maybe, text_list
from globus_transport.routing.payload import GlobusPayload, checked_fields

Version = tuple[int, int, int]

_FIRST_VERSION: Version = (1, 0, 0)
_REDACTION = Redaction()

#: One text or several for a field that holds a list.
Texts = Maybe[str | Iterable[str]]
TextsOrNone = Maybe[str | Iterable[str] | None]
AdditionalFields = Maybe[Mapping[str, Any] | None]


class GCSDocument(GlobusPayload):
    """A document for Globus Connect Server. Its repr hides secrets, such as the keys of a storage system."""

    def _set_fields(self, fields: Mapping[str, Any], additional_fields: AdditionalFields) -> None:
        self._set_given(self._join_fields(fields, additional_fields))

    def _join_fields(self, fields: Mapping[str, Any], additional_fields: AdditionalFields) -> Mapping[str, Any]:
        if additional_fields is None or isinstance(additional_fields, MissingType):
            return fields
        return {**fields, **checked_fields(type(self).__name__, additional_fields)}

    def __repr__(self) -> str:
        return repr(_REDACTION.redact_document(without_missing(self)))


class VersionedDocument(GCSDocument):
    """A document whose version depends on its fields.

    A subclass for a newer server may add to these tables:

    :cvar DATATYPE_BASE: the name of the type
    :cvar DATATYPE_VERSION_IMPLICATIONS: the version that introduced a field, for fields that version 1.0.0 lacks
    :cvar DATATYPE_VERSION_CALLBACKS: functions that take the document and return the version that a value needs, or
        ``None``
    """

    DATATYPE_BASE: ClassVar[str]
    DATATYPE_VERSION_IMPLICATIONS: ClassVar[Mapping[str, Version]] = {}
    DATATYPE_VERSION_CALLBACKS: ClassVar[tuple[Callable[[Any], Version | None], ...]] = ()

    def _set_data_type(self) -> None:
        """Set ``DATA_TYPE``, unless the document has one."""
        if self.get("DATA_TYPE", MISSING) is MISSING:
            version = ".".join(map(str, self._lowest_version()))
            self["DATA_TYPE"] = f"{self.DATATYPE_BASE}#{version}"

    def _lowest_version(self) -> Version:
        # A field that is set to None counts: null has a meaning.
        of_fields = [
            version
            for name, version in self.DATATYPE_VERSION_IMPLICATIONS.items()
            if self.get(name, MISSING) is not MISSING
        ]
        of_values = [callback(self) for callback in self.DATATYPE_VERSION_CALLBACKS]
        return max([_FIRST_VERSION, *of_fields, *(version for version in of_values if version is not None)])


def listed(**values: Any) -> dict[str, Any]:
    """Fields that hold a list: one text becomes a list of one. ``None`` and MISSING stay as they are."""
    return {name: value if value is MISSING else text_list(name, value) for name, value in values.items()}
