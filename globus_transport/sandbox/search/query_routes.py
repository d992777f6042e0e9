"""The routes that search an index, and read single subjects and entries. They show what the caller sees."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import includes
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import read_body
from globus_transport.sandbox.search.bodies import check_result_format, read_argument, read_digits, read_flag
from globus_transport.sandbox.search.callers import ADMINS, Callers
from globus_transport.sandbox.search.errors import needs_token, not_found
from globus_transport.sandbox.search.query import Query, read_query, read_scroll
from globus_transport.sandbox.search.results import SetsOf, result_document, scroll, search
from globus_transport.sandbox.search.search_index import Entry, SearchIndex
from globus_transport.sandbox.state import State

_Search = Callable[[SearchIndex, Query, SetsOf], Document]


def install_query_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""

    def answer(find: _Search, index_id: str, caller: Identity | None, query: Query) -> Document:
        if query.principal_sets and caller is None:
            raise needs_token("filter_principal_sets")
        with state.search.lock:
            sets_of = find_sets_of(index_id, caller, query.sees_all)
            return find(state.search.contents[index_id], query, sets_of)

    def find_sets_of(index_id: str, caller: Identity | None, sees_all: bool) -> SetsOf:
        """What a caller sees of an index, as long as the store is locked."""
        callers.find_open_index(index_id)
        if sees_all:
            if caller is None:
                raise needs_token("bypass_visible_to")
            callers.require_role(index_id, caller, ADMINS)

        def sets_of(entry: Entry) -> frozenset[str] | None:
            if not sees_all and not includes(state, entry.document["visible_to"], caller):
                return None
            sets = entry.document["principal_sets"]
            return frozenset(name for name, principals in sets.items() if includes(state, principals, caller))

        return sets_of

    @app.get("/v1/index/<index_id>/search")
    def get_search(index_id: str) -> ResponseReturnValue:
        return answer(search, index_id, callers.reader(), read_query(_document_of_arguments()))

    @app.post("/v1/index/<index_id>/search")
    def post_search(index_id: str) -> ResponseReturnValue:
        return answer(search, index_id, callers.reader(), read_query(read_body()))

    @app.post("/v1/index/<index_id>/scroll")
    def post_scroll(index_id: str) -> ResponseReturnValue:
        return answer(scroll, index_id, callers.reader(), read_scroll(read_body()))

    @app.get("/v1/index/<index_id>/subject")
    def get_subject(index_id: str) -> ResponseReturnValue:
        return read_entries(index_id, lambda entry: True)

    @app.get("/v1/index/<index_id>/entry")
    def get_entry(index_id: str) -> ResponseReturnValue:
        entry_id = read_argument("entry_id")
        return read_entries(index_id, lambda entry: entry.document["id"] == entry_id)

    def read_entries(index_id: str, is_wanted: Callable[[Entry], bool]) -> Document:
        """The entries of the subject in the URL that the caller sees."""
        caller, subject = callers.reader(), read_argument("subject", required=True) or ""
        check_result_format(request.args.get("result_format_version"))
        with state.search.lock:
            sets_of = find_sets_of(index_id, caller, read_flag("bypass_visible_to"))
            entries = state.search.contents[index_id].entries_of(subject)
            seen = [entry for entry in entries if is_wanted(entry) and sets_of(entry) is not None]
            if not seen:
                raise not_found("document")
            return result_document(subject, seen, (), sets_of)


def _document_of_arguments() -> Document:
    """The query of a URL as the document that a body would have."""
    document: Document = {
        "q": read_argument("q", required=True),
        "limit": read_digits("limit"),
        "offset": read_digits("offset"),
        "advanced": read_flag("advanced"),
        "bypass_visible_to": read_flag("bypass_visible_to"),
        "result_format_version": read_argument("result_format_version"),
    }
    sets = read_argument("filter_principal_sets")
    return {**document, "filter_principal_sets": sets.split(",") if sets else []}
