"""Answers to queries: subjects with their entries, in order, and facets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.search.geo import Shape
from globus_transport.sandbox.search.query import MAX_RESULTS, Query, marker_of
from globus_transport.sandbox.search.scores import score
from globus_transport.sandbox.search.search_index import Entry, SearchIndex

#: The names of the principal sets of an entry that a caller is in; ``None`` if the caller cannot see the entry.
SetsOf = Callable[[Entry], "frozenset[str] | None"]


@attrs.frozen
class _Result:
    """A subject that is found, with the entries that fit."""

    subject: str
    entries: tuple[Entry, ...]
    score: float


def search(index: SearchIndex, query: Query, sets_of: SetsOf) -> Document:
    """The ``GSearchResult`` of a query.

    :param sets_of: what the caller sees
    """
    counted, results = _find(index, query, sets_of)
    # Sorting is stable, so the last key is sorted first. Equal results stay in the order of their subjects.
    results.sort(key=lambda result: -result.score)
    for field, is_descending in reversed(query.sort):
        results = _sort_by(results, field, is_descending)
    page = results[query.offset : query.offset + query.limit]
    document: Document = {
        "@datatype": "GSearchResult",
        "@version": "2017-09-01",
        "count": len(page),
        "gmeta": [result_document(result.subject, result.entries, query.principal_sets, sets_of) for result in page],
        "offset": query.offset,
        "total": len(results),
        "has_next_page": query.offset + len(page) < min(len(results), MAX_RESULTS),
    }
    if query.facets:
        subjects = list(_by_subject(counted).values())
        document["facet_results"] = [facet.result(subjects, index.types) for facet in query.facets]
    return document


def scroll(index: SearchIndex, query: Query, sets_of: SetsOf) -> Document:
    """One page of all results, with the marker of the next one. They are in the order of their subjects."""
    _, results = _find(index, query, sets_of)
    rest = [result for result in results if query.after is None or result.subject > query.after]
    page = rest[: query.limit]
    has_next_page = len(rest) > len(page)
    return {
        "count": len(page),
        "gmeta": [result_document(result.subject, result.entries, query.principal_sets, sets_of) for result in page],
        "total": len(results),
        "has_next_page": has_next_page,
        "marker": marker_of(page[-1].subject) if has_next_page else None,
    }


def find_subjects(index: SearchIndex, query: Query) -> list[str]:
    """The subjects that a query finds, whoever can see them."""
    _, results = _find(index, query, lambda entry: frozenset())
    return [result.subject for result in results]


def result_document(subject: str, entries: Iterable[Entry], principal_sets: Iterable[str], sets_of: SetsOf) -> Document:
    """The ``GMetaResult`` of a subject.

    :param principal_sets: the names of those that are shown if the caller is in them
    """
    wanted = frozenset(principal_sets)
    return {
        "@datatype": "GMetaResult",
        "@version": "2019-08-27",
        "subject": subject,
        "entries": [
            {
                "entry_id": entry.document["id"],
                "content": entry.document["content"],
                "matched_principal_sets": sorted(wanted & (sets_of(entry) or frozenset())),
            }
            for entry in entries
        ],
    }


def _find(index: SearchIndex, query: Query, sets_of: SetsOf) -> tuple[list[Entry], list[_Result]]:
    """The entries that facets count, and the results in the order of their subjects."""
    scores: Mapping[Any, float] = (
        dict.fromkeys(index.entries, 1.0) if query.node is None else score(index, query.node, query.boosts)
    )
    counted: list[Entry] = []
    for key in scores:
        entry = index.entries[key]
        sets = sets_of(entry)
        if sets is None or (query.principal_sets and sets.isdisjoint(query.principal_sets)):
            continue
        if all(filter.matches(entry, index.types) for filter in query.filters):
            counted.append(entry)
    found = [entry for entry in counted if all(filter.matches(entry, index.types) for filter in query.post_filters)]
    results = [
        _Result(subject, tuple(entries), max(scores[entry.key] for entry in entries))
        for subject, entries in _by_subject(found).items()
    ]
    return counted, results


def _by_subject(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.key[0], entry.key[1] or "")):
        found.setdefault(entry.key[0], []).append(entry)
    return found


def _sort_by(results: Sequence[_Result], field: str, is_descending: bool) -> list[_Result]:
    """The results by a field: the smallest of its values if the order is ascending, else the largest one."""
    keyed: list[tuple[Any, _Result]] = []
    without: list[_Result] = []
    for result in results:
        values = [value.key for entry in result.entries for value in entry.values.get(field, ())]
        keys: list[Any] = [key for key in values if not isinstance(key, Shape)]
        if keys:
            keyed.append((max(keys) if is_descending else min(keys), result))
        else:
            without.append(result)
    keyed.sort(key=lambda pair: pair[0], reverse=is_descending)
    return [*(result for _, result in keyed), *without]
