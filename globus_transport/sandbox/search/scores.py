"""Which entries the words of a query find, and how well each fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from globus_transport.sandbox.search.matching import has_field, has_value, in_bounds
from globus_transport.sandbox.search.query_syntax import Comparison, Everything, Group, Node, Phrase
from globus_transport.sandbox.search.search_index import SearchIndex
from globus_transport.sandbox.search.words import EntryKey, Hit

Scores = dict[EntryKey, float]


def score(index: SearchIndex, node: Node, boosts: Mapping[str, float]) -> Scores:
    """The entries that are found, with their scores. A better one has a higher score.

    :param boosts: what a hit in a field counts, by the name of the field; in others it counts once
    """
    if isinstance(node, Everything):
        return dict.fromkeys(index.entries, 1.0)
    if isinstance(node, Group):
        return _score_group(index, node, boosts)
    if isinstance(node, Comparison):
        return _score_comparison(index, node)
    # Words of text are found by the full text search; a number or a date is compared.
    if isinstance(node, Phrase) and node.field is not None and index.types.get(node.field) != "string":
        field, text, types = node.field, node.text, index.types
        return {key: 1.0 for key, entry in index.entries.items() if has_value(entry, types, field, text)}
    find = index.words.find_phrase(node.text) if isinstance(node, Phrase) else index.words.find_pattern(node.glob)
    return _add_hits((hit for hit in find if node.field in (None, hit.field)), boosts)


def _score_group(index: SearchIndex, group: Group, boosts: Mapping[str, float]) -> Scores:
    required = [score(index, node, boosts) for node in group.required]
    optional = [score(index, node, boosts) for node in group.optional]
    prohibited = [score(index, node, boosts) for node in group.prohibited]
    if required:
        found = set.intersection(*map(set, required))
    elif optional:
        found = set[EntryKey]().union(*optional)
    else:
        # What is only prohibited leaves all the rest. A query without a word finds nothing.
        found = set(index.entries) if prohibited else set[EntryKey]()
    found.difference_update(*prohibited)
    return {key: sum(scores.get(key, 0.0) for scores in (*required, *optional)) for key in found}


def _score_comparison(index: SearchIndex, node: Comparison) -> Scores:
    if not node.bounds:
        return {key: 1.0 for key, entry in index.entries.items() if has_field(entry, node.field)}
    return {key: 1.0 for key, entry in index.entries.items() if in_bounds(entry, index.types, node.field, node.bounds)}


def _add_hits(hits: Iterable[Hit], boosts: Mapping[str, float]) -> Scores:
    scores: Scores = {}
    for hit in hits:
        scores[hit.entry] = scores.get(hit.entry, 0.0) + hit.score * boosts.get(hit.field, 1.0)
    return scores
