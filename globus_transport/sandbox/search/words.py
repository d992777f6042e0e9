"""Full text search, by SQLite's FTS5.

Each value of each field is a row of a table in memory. FTS5 splits it into words, finds words and phrases in it, and
ranks what it finds (BM25). Fields and entries are looked up here by the number of the row.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from typing import Union

import attrs

#: The subject and the id of an entry.
EntryKey = tuple[str, Union[str, None]]


@attrs.frozen
class Hit:
    """A value that has the words.

    :ivar score: how well it fits; positive
    """

    entry: EntryKey
    field: str
    score: float


class WordIndex:
    """The words of the entries of one index. It is not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._connection.close)
        self._connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
        self._connection.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, instance)")
        self._places: dict[int, tuple[EntryKey, str]] = {}
        self._rows: dict[EntryKey, list[int]] = {}
        self._last_row = 0

    def add(self, entry: EntryKey, texts: Iterable[tuple[str, str]]) -> None:
        """Add an entry, which is not there yet.

        :param texts: the name of a field and one of its values, for each value
        """
        self._rows[entry] = []
        for field, text in texts:
            self._last_row += 1
            self._places[self._last_row] = entry, field
            self._rows[entry].append(self._last_row)
            self._connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (self._last_row, text))

    def remove(self, entry: EntryKey) -> None:
        """Remove an entry, if it is there."""
        for row in self._rows.pop(entry, ()):
            del self._places[row]
            self._connection.execute("DELETE FROM words WHERE rowid = ?", (row,))

    def find_phrase(self, text: str) -> Iterator[Hit]:
        """The values that have the words of a text, one after the other. A text without a word is nowhere."""
        quoted = '"' + text.replace('"', '""') + '"'
        found = self._connection.execute("SELECT rowid, bm25(words) FROM words WHERE words MATCH ?", (quoted,))
        for row, rank in found.fetchall():
            # FTS5 gives better matches a smaller number below zero.
            yield Hit(*self._places[row], -rank)

    def find_pattern(self, pattern: str) -> Iterator[Hit]:
        """The values that have a word that matches a pattern.

        :param pattern: in the syntax of :mod:`fnmatch`; the case does not matter
        """
        found = self._connection.execute("SELECT DISTINCT doc FROM vocabulary WHERE term GLOB ?", (pattern.lower(),))
        for (row,) in found.fetchall():
            yield Hit(*self._places[row], 1.0)
