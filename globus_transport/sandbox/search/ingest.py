"""Reading what is ingested: ``GIngest`` documents. Reference: docs.globus.org/api/search/reference/ingest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from globus_transport.sandbox.principals import AUTHENTICATED, PUBLIC, type_of
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.search.bodies import read_texts

#: Limits that the service documents: docs.globus.org/api/search/limits. Bytes are those of UTF-8.
MAX_SUBJECT_BYTES = 500
MAX_TEXT_BYTES = 32 * 1024
MAX_VISIBLE_TO = 100
MAX_DEPTH = 20


def read_ingest(document: Document) -> Document:
    """The operation of an ingest task: ``entries`` and ``field_mapping``.

    :raises InvalidFieldsError: if the document is not a ``GIngest``
    """
    fields = Fields(document)
    kind = fields.choice("ingest_type", ("GMetaEntry", "GMetaList"), required=True)
    data = fields.nested("ingest_data", required=True)
    mapping = fields.nested("field_mapping")
    if mapping is not None:
        for name in mapping.document:
            mapping.choice(name, ("geo_point", "geo_shape"), required=True)
    entries: list[Document] = []
    if data is not None and kind == "GMetaEntry":
        entries.append(read_entry(data))
    elif data is not None and kind == "GMetaList":
        entries += [read_entry(entry) for entry in data.each("gmeta")]
        if not entries:
            data.refuse("gmeta", "field required: a list of entries", "value_error.missing")
    fields.check()
    return {"entries": entries, "field_mapping": {} if mapping is None else mapping.document}


def read_entry(fields: Fields) -> Document:
    """A ``GMetaEntry``, with all its fields. What is wrong is noted in the fields."""
    subject = fields.text("subject", required=True) or ""
    if len(subject.encode()) > MAX_SUBJECT_BYTES:
        fields.refuse("subject", f"ensure this value has at most {MAX_SUBJECT_BYTES} bytes")
    content = fields.object("content", required=True) or {}
    _check_content(fields, content)
    visible_to = read_texts(fields, "visible_to", required=True)
    if not 1 <= len(visible_to) <= MAX_VISIBLE_TO:
        fields.refuse("visible_to", f"ensure this value has from 1 to {MAX_VISIBLE_TO} items")
    _check_principals(fields, "visible_to", visible_to, (PUBLIC, AUTHENTICATED))
    sets = fields.nested("principal_sets")
    if sets is not None:
        for name in sets.document:
            _check_principals(sets, name, read_texts(sets, name, required=True), ())
    return {
        "subject": subject,
        "id": fields.text("id"),
        "content": content,
        "visible_to": visible_to,
        "principal_sets": {} if sets is None else sets.document,
    }


def _check_principals(fields: Fields, name: str, principals: list[str], words: tuple[str, ...]) -> None:
    for principal in principals:
        if principal not in words and type_of(principal) is None:
            fields.refuse(name, f"{principal!r} is not the URN of an identity or of a group")


def _check_content(fields: Fields, content: Document) -> None:
    for depth, value in _values(content):
        if depth > MAX_DEPTH:
            fields.refuse("content", f"ensure this value has at most {MAX_DEPTH} levels")
            return
        if isinstance(value, str) and len(value.encode()) > MAX_TEXT_BYTES:
            fields.refuse("content", f"ensure each text has at most {MAX_TEXT_BYTES} bytes")


def _values(content: Any) -> Iterator[tuple[int, object]]:
    """All values in a content, and how deep each is. It ends after the first one that is too deep."""
    level: list[Any] = [content]
    for depth in range(1, MAX_DEPTH + 2):
        following: list[Any] = []
        for value in level:
            yield depth, value
            if isinstance(value, dict):
                following += cast(dict[str, Any], value).values()
            elif isinstance(value, list):
                following += value
        level = following
