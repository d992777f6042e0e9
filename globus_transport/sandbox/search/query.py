"""Queries, as requests have them. Reference: docs.globus.org/api/search/reference/post_query."""

from __future__ import annotations

import base64
import binascii
import json
from typing import cast

import attrs

from globus_transport.sandbox.json_bodies import parse_json
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.search.bodies import check_result_format, read_integer, read_number, read_texts
from globus_transport.sandbox.search.errors import bad_request
from globus_transport.sandbox.search.facets import Facet, read_facets
from globus_transport.sandbox.search.filters import Filter, is_post_filter, read_filters
from globus_transport.sandbox.search.query_syntax import Node, Operator, parse_advanced, parse_simple

#: The service has no results beyond this number; scroll has all.
MAX_RESULTS = 10000
_MAX_QUERY_LENGTH = 256
_DEFAULT_LIMIT = 10
_VERSIONS = ("2017-09-01", "query#1.0.0", "scroll#1.0.0")


@attrs.frozen
class Query:
    """What is searched for, and in which form the results are.

    :ivar node: what the words of the query mean; ``None`` if it has filters only
    :ivar post_filters: filters that leave the facets as they are
    :ivar boosts: what a hit in a field counts, by the name of the field
    :ivar sort: names of fields, and whether the order is descending
    :ivar principal_sets: the caller is in one of them; empty for any
    :ivar sees_all: whether entries that the caller cannot see are searched, too
    :ivar after: the last subject of the page before, in a scroll; ``None`` in the first page
    """

    node: Node | None
    filters: tuple[Filter, ...] = ()
    post_filters: tuple[Filter, ...] = ()
    facets: tuple[Facet, ...] = ()
    boosts: dict[str, float] = attrs.field(factory=dict)
    sort: tuple[tuple[str, bool], ...] = ()
    principal_sets: tuple[str, ...] = ()
    sees_all: bool = False
    limit: int = _DEFAULT_LIMIT
    offset: int = 0
    after: str | None = None


def read_query(document: Document) -> Query:
    """The query in the body of a search.

    :raises InvalidFieldsError: if a field is wrong
    :raises SearchError: if ``q`` cannot be parsed, or there is neither ``q`` nor a filter
    """
    check_result_format(document.get("result_format_version"))
    fields = Fields(document)
    limit = read_integer(fields, "limit", 0, MAX_RESULTS, _DEFAULT_LIMIT)
    offset = read_integer(fields, "offset", 0, MAX_RESULTS, 0)
    if limit + offset > MAX_RESULTS:
        fields.refuse("offset", f"offset and limit are more than {MAX_RESULTS} together")
    post_filters = read_filters(fields, "post_facet_filters")
    query = attrs.evolve(_read_common(fields), limit=limit, offset=offset)
    if document.get("@version") in (None, _VERSIONS[0]):
        both = list(zip(query.filters, document.get("filters") or [], strict=True))
        post_filters += tuple(filter for filter, written in both if is_post_filter(written))
        query = attrs.evolve(query, filters=tuple(filter for filter, written in both if not is_post_filter(written)))
    facets, boosts, sort = read_facets(fields), _read_boosts(fields), _read_sort(fields)
    fields.check()
    return attrs.evolve(query, post_filters=post_filters, facets=facets, boosts=boosts, sort=sort)


def read_scroll(document: Document) -> Query:
    """The query in the body of a scroll. It raises as :func:`read_query` does."""
    fields = Fields(document)
    limit = read_integer(fields, "limit", 1, MAX_RESULTS, _DEFAULT_LIMIT)
    marker = fields.text("marker")
    query = _read_common(fields)
    fields.check()
    return attrs.evolve(query, limit=limit, after=None if not marker else read_marker(marker))


def read_deletion(document: Document) -> Query:
    """The query in the body of a deletion. It raises as :func:`read_query` does."""
    return attrs.evolve(_read_common(Fields(document)), principal_sets=(), sees_all=True)


def marker_of(subject: str) -> str:
    """The marker of the page after a subject."""
    return base64.urlsafe_b64encode(json.dumps(subject).encode()).decode()


def read_marker(marker: str) -> str:
    """The subject of a marker.

    :raises SearchError: if it is not a marker of a page
    """
    try:
        subject = parse_json(base64.urlsafe_b64decode(marker.encode()))
    except (binascii.Error, ValueError):
        subject = None
    if not isinstance(subject, str):
        raise bad_request("The marker is not that of a page of results")
    return subject


def _read_common(fields: Fields) -> Query:
    fields.choice("@version", _VERSIONS)
    text, filters = fields.text("q"), read_filters(fields, "filters")
    operator, is_advanced = _read_settings(fields)
    principal_sets = read_texts(fields, "filter_principal_sets")
    sees_all = fields.flag("bypass_visible_to") or False
    if text is not None and len(text) > _MAX_QUERY_LENGTH:
        fields.refuse("q", f"ensure this value has at most {_MAX_QUERY_LENGTH} characters")
    fields.check()
    if not text and not filters:
        raise bad_request("A query needs q or filters")
    node = None
    if text:
        node = (parse_advanced if is_advanced else parse_simple)(text, operator)
    return Query(node, filters, principal_sets=tuple(principal_sets), sees_all=sees_all)


def _read_settings(fields: Fields) -> tuple[Operator, bool]:
    """What stands between words, and whether the syntax is the advanced one."""
    advanced, settings = fields.flag("advanced") or False, fields.nested("q_settings")
    if settings is None:
        return "or", advanced
    if "advanced" in fields.document:
        fields.refuse("advanced", "advanced and q_settings exclude each other")
    mode = settings.choice("mode", ("query_string", "advanced_query_string", "text_match"), required=True)
    operator = settings.choice("default_operator", ("and", "or")) or "or"
    if settings.document.get("fuzziness") not in (None, 0):
        settings.refuse("fuzziness", "the sandbox finds exact words only")
    return cast(Operator, operator), mode == "advanced_query_string"


def _read_boosts(fields: Fields) -> dict[str, float]:
    boosts: dict[str, float] = {}
    for boost in fields.each("boosts"):
        name, factor = boost.text("field_name", required=True), read_number(boost, "factor", 0, 10)
        if name and factor is not None:
            boosts[name] = factor
    return boosts


def _read_sort(fields: Fields) -> tuple[tuple[str, bool], ...]:
    sort: list[tuple[str, bool]] = []
    for key in fields.each("sort"):
        name, order = key.text("field_name", required=True), key.choice("order", ("asc", "desc"))
        if name:
            sort.append((name, order != "asc"))
    return tuple(sort)
