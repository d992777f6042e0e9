"""The content of one index: its entries, and the types of their fields."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping

import attrs

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.search.field_types import FieldType, FieldValue, key_of, read_content
from globus_transport.sandbox.search.words import EntryKey, WordIndex

#: Limits that the service documents: docs.globus.org/api/search/limits.
MAX_ENTRIES_OF_SUBJECT = 10
MAX_FIELDS = 1000


class IngestError(Exception):
    """Entries cannot be written, because the index then has too many of something."""


@attrs.frozen(eq=False)
class Entry:
    """An entry, which never changes.

    :ivar document: the entry as it was written: ``subject``, ``id``, ``content``, ``visible_to``, ``principal_sets``
    :ivar values: of the content, by the name of the field. An object has no values, but stands here
    """

    document: Document
    values: Mapping[str, tuple[FieldValue, ...]]

    @property
    def key(self) -> EntryKey:
        """The subject and the id."""
        return self.document["subject"], self.document["id"]


class SearchIndex:
    """The entries of an index, in the order in which they were first written. It is not thread-safe.

    :ivar types: the types of the fields, by name. They stay when the entries are deleted
    """

    def __init__(self) -> None:
        self.types: dict[str, FieldType] = {}
        self.entries: dict[EntryKey, Entry] = {}
        self.words = WordIndex()

    def write(self, documents: Iterable[Document], field_mapping: Mapping[str, FieldType]) -> None:
        """Write entries, or none of them. An entry replaces that with the same subject and id.

        :param documents: entries with all their fields
        :param field_mapping: types of fields, for those that cannot be detected
        :raises FieldTypeError: if a value does not fit to the type of its field
        :raises IngestError: if there are too many fields, or too many entries of a subject
        """
        types = dict(self.types)
        for field, type in field_mapping.items():
            types.setdefault(field, type)
        written = {entry.key: entry for entry in [_make_entry(document, types) for document in documents]}
        if len(types) > MAX_FIELDS:
            raise IngestError(f"An index has at most {MAX_FIELDS} fields")
        numbers: dict[str, int] = {}
        for subject, _ in {**self.entries, **written}:
            numbers[subject] = numbers.get(subject, 0) + 1
        if any(numbers[subject] > MAX_ENTRIES_OF_SUBJECT for subject, _ in written):
            raise IngestError(f"A subject has at most {MAX_ENTRIES_OF_SUBJECT} entries")
        self.types = types
        for key, entry in written.items():
            self.words.remove(key)
            self.entries[key] = entry
            self.words.add(key, ((field, value.text) for field, values in entry.values.items() for value in values))

    def delete(self, keys: Iterable[EntryKey]) -> None:
        """Delete entries; unknown ones are ignored."""
        for key in keys:
            if self.entries.pop(key, None) is not None:
                self.words.remove(key)

    def entries_of(self, subject: str) -> list[Entry]:
        """The entries of a subject."""
        return [entry for (name, _), entry in self.entries.items() if name == subject]

    def statistics(self) -> Document:
        """The number of subjects and entries, and their size."""
        size = sum(len(json.dumps(entry.document)) for entry in self.entries.values())
        subjects = {subject for subject, _ in self.entries}
        return {"size_in_mb": size // 10**6, "num_subjects": len(subjects), "num_entries": len(self.entries)}

    def dump(self) -> Document:
        """The content as a JSON document."""
        return {
            "types": dict(self.types),
            "entries": [copy.deepcopy(entry.document) for entry in self.entries.values()],
        }

    @classmethod
    def load(cls, document: Document) -> SearchIndex:
        """The index that :meth:`dump` returned."""
        index = cls()
        index.write(copy.deepcopy(document["entries"]), document["types"])
        return index


def _make_entry(document: Document, types: dict[str, FieldType]) -> Entry:
    """An entry, whose new fields are added to the types."""
    values: dict[str, list[FieldValue]] = {}
    for field, type, value in read_content(document["content"], types):
        types[field] = type
        of_field = values.setdefault(field, [])
        if type != "object":
            of_field.append(FieldValue(value, key_of(type, value)))
    return Entry(document, {field: tuple(of_field) for field, of_field in values.items()})
