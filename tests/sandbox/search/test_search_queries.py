"""Globus Search: words, the advanced syntax, boosts, order and pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.search.dates import date_span
from tests.sandbox.search.search_clients import entry


@pytest.mark.parametrize(
    ("q", "subjects"),
    [
        ("gold", "gold"),
        ("GOLD", "gold"),
        ("silver gold", "gold silver"),
        ('"on glass"', "gold silver"),
        ('"glass on"', ""),
        ("cafe", "bronze"),
        ("lovelace", "gold"),
        ("2026-03-01", "gold"),
        ("*", "bronze empty gold silver"),
        ("golden", ""),
        ("gol*", ""),
        ("title:gold", ""),
        ("(((", ""),
        ('glass"', "bronze gold silver"),
        ('gold AND "silver', "gold silver"),
        ("'; DROP TABLE words; --", ""),
    ],
)
def test_the_standard_syntax_has_only_words(
    client: globus_sdk.SearchClient, examples: str, q: str, subjects: str
) -> None:
    assert sorted(result["subject"] for result in client.search(examples, q)["gmeta"]) == subjects.split()


@pytest.mark.parametrize(
    ("q", "subjects"),
    [
        ("gold silver", "gold silver"),
        ("gold OR silver", "gold silver"),
        ("gold || silver", "gold silver"),
        ("glass AND on", "gold silver"),
        ("glass && gold", "gold"),
        ("gold OR silver AND ada", "gold"),
        ("(gold OR silver) AND curie", "silver"),
        ("NOT glass", "empty"),
        ("glass AND NOT gold", "bronze silver"),
        ("glass -gold", "bronze silver"),
        ("glass !gold", "bronze silver"),
        ("+glass +silver", "silver"),
        ("+glass silver", "bronze gold silver"),
        ("gold OR NOT glass", "empty gold"),
        ("title:gold", "gold"),
        ('title:"gold on"', "gold"),
        ('title:"on gold"', ""),
        ("who.name:gold", ""),
        ("who.name:lovelace", "gold"),
        ("tags:(raw AND checked)", "silver"),
        ("tags:(raw -checked)", "gold"),
        (r"who.d\.o\.t:x-ray", "gold"),
        (r"who.d\.o\.t:x\-ray\ \(soft\)", "gold"),
        (r"who.d\.o\.t:\(soft\)", "gold"),
        (r"key\.with\.dots:7", "gold"),
        ("key.with.dots:7", ""),
        (r"gol\d", "gold"),
        (r"gol\\*", ""),
        (r"gold\*", "gold"),
        ("AND:gold", ""),
        (r"who.d\.o\.t:x\-ra\*", ""),
        (" OR ".join(["(gold)"] * 21), "gold"),
        ("gol*", "gold"),
        ("g?ld", "gold"),
        ("GOL*", "gold"),
        ("title:sil*r", "silver"),
        ("who.name:sil*", ""),
        (r"gol\*", ""),
        ("*", "bronze empty gold silver"),
        ("tags:*", "gold silver"),
        ("who:*", "gold silver"),
        ("_exists_:size", "gold silver"),
        ("_exists_:who", "gold silver"),
        ("number:1", "gold"),
        ("number:1.0", "gold"),
        ("number:-5", "silver"),
        ("number:one", ""),
        ("number:[-5 TO 1]", "gold silver"),
        ("number:{-5 TO 1]", "gold"),
        ("number:[-5 TO 1}", "silver"),
        ("number:[1 TO *]", "bronze gold"),
        ("number:>1", "bronze"),
        ("number:>=1", "bronze gold"),
        ("number:<=-5", "silver"),
        ("number:<1 number:>1", "bronze silver"),
        ("size:4.0", "silver"),
        ("checked:true", "silver"),
        ("date:2026-03-01", "gold"),
        ("date:2026-03-02", "silver"),
        ("date:2026", "gold silver"),
        ("date:[2025 TO 2025]", "bronze"),
        ("date:[2026-03-01 TO 2026-03-02]", "gold silver"),
        ("date:[2026-03-01 TO 2026-03-02}", "gold"),
        ("date:>2026-03-01", "silver"),
        ("date:>2026-03-02", ""),
        ("date:<=2026-03-02", "bronze gold silver"),
        ('date:["2026-03-02 12:30:00" TO *]', "silver"),
        ("date:<2026-02", "bronze"),
        ("date:tomorrow", ""),
        ("title:[a TO h]", ""),
        ("title:[Gold TO H]", "gold"),
        ("unknown:gold", ""),
        ("place:gold", ""),
    ],
)
def test_the_advanced_syntax_has_fields_and_operators(
    client: globus_sdk.SearchClient, examples: str, q: str, subjects: str
) -> None:
    assert (
        sorted(result["subject"] for result in client.search(examples, q, advanced=True)["gmeta"]) == subjects.split()
    )


@pytest.mark.parametrize(
    "q",
    [
        "(gold",
        "gold)",
        "()",
        "gold AND",
        "AND gold",
        "gold OR",
        "NOT",
        "title:",
        ":gold",
        "title:who:gold",
        '"gold',
        "number:[1 TO",
        "number:[1 TO 2",
        "number:[1, 2]",
        "number:>",
        "[1 TO 2]",
        "gold~2",
        "gold^2",
        "/gold/",
        "gold ]",
        "(" * 100 + "gold" + ")" * 100,
        "gold\\",
        "number:>(1)",
    ],
)
def test_what_the_advanced_syntax_cannot_parse_is_refused(
    client: globus_sdk.SearchClient, examples: str, q: str
) -> None:
    with pytest.raises(globus_sdk.SearchAPIError) as caught:
        client.search(examples, q, advanced=True)
    assert (caught.value.http_status, caught.value.code) == (400, "BadRequest.QuerySyntax")
    assert client.search(examples, q).http_status == 200


def test_settings_of_q(client: globus_sdk.SearchClient, examples: str) -> None:
    def subjects(mode: str, operator: str) -> list[str]:
        settings = {"mode": mode, "default_operator": operator}
        query = {"@version": "query#1.0.0", "q": "gold glass", "q_settings": settings}
        return sorted(result["subject"] for result in client.post_search(examples, query)["gmeta"])

    for mode in ("query_string", "advanced_query_string", "text_match"):
        assert subjects(mode, "or") == ["bronze", "gold", "silver"]
        assert subjects(mode, "and") == ["gold"]
    settings = {"mode": "advanced_query_string", "default_operator": "and"}
    found = client.post_search(examples, {"@version": "query#1.0.0", "q": "glass -title:gold", "q_settings": settings})
    assert sorted(result["subject"] for result in found["gmeta"]) == ["bronze", "silver"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2024", "2024-12-31T23:59:59.999"),
        ("2024-02", "2024-02-29T23:59:59.999"),
        ("2023-02", "2023-02-28T23:59:59.999"),
        ("2023-12", "2023-12-31T23:59:59.999"),
        ("2024-02-29", "2024-02-29T23:59:59.999"),
        ("2024-02-29 10:00:00", "2024-02-29T10:00:00.999"),
        ("2024-02-29T10:00:00.500Z", "2024-02-29T10:00:00.500"),
        ("2024/02/29 10:00:00 +0200", "2024-02-29T08:00:00.999"),
        ("2023-02-29", None),
        ("2024-13", None),
        ("0000", None),
        ("2024-02-29 25:00:00", None),
        ("2024/02-29", None),
        ("soon", None),
    ],
)
def test_a_date_means_a_span_of_time(text: str, last: str | None) -> None:
    span = date_span(text)
    assert (span and span[1]) == (last and pytest.approx(parse_iso_time(last), abs=1e-4))


def test_a_better_match_comes_first(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Ranked")
    texts = {"a": ("gold", "iron ore"), "b": ("iron", "gold ore gold"), "c": ("lead", "tin"), "d": ("zinc", "tin")}
    contents = [{"subject": name, "content": {"title": t, "text": u}} for name, (t, u) in texts.items()]
    sandbox.search.ingest(index, contents)

    def order(**query: Any) -> list[str]:
        return [result["subject"] for result in client.post_search(index, {"q": "gold iron", **query})["gmeta"]]

    assert sorted(order()) == ["a", "b"]
    assert order(q="gold", boosts=[{"field_name": "title", "factor": 10}]) == ["a", "b"]
    assert order(q="gold", boosts=[{"field_name": "text", "factor": 10}]) == ["b", "a"]
    assert order(q="gold", boosts=[{"field_name": "title", "factor": 0}]) == ["b", "a"]


def test_rare_words_and_short_texts_count_more(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Ranked")
    titles = {
        "one": "gold iron",
        "two": "one gold coin among many other words in a long text",
        "three": "tin tin tin",
        "four": "tin",
        "five": "lead",
        "six": "tin and lead",
    }
    sandbox.search.ingest(index, [{"subject": name, "content": {"title": text}} for name, text in titles.items()])

    def first(q: str) -> str:
        return str(client.search(index, q)["gmeta"][0]["subject"])

    found = [first(q) for q in ("gold", "gold iron", "coin tin", "tin")]
    assert found == ["one", "one", "two", "three"]


@pytest.mark.parametrize(
    ("sort", "subjects"),
    [
        ([{"field_name": "number", "order": "asc"}], "silver gold bronze empty"),
        ([{"field_name": "number"}], "bronze gold silver empty"),
        ([{"field_name": "date", "order": "asc"}], "bronze gold silver empty"),
        ([{"field_name": "title", "order": "asc"}], "bronze gold silver empty"),
        ([{"field_name": "tags", "order": "asc"}], "silver gold bronze empty"),
        (
            [{"field_name": "tags", "order": "desc"}, {"field_name": "number", "order": "asc"}],
            "silver gold bronze empty",
        ),
        (
            [{"field_name": "checked", "order": "asc"}, {"field_name": "number", "order": "asc"}],
            "gold silver bronze empty",
        ),
        ([{"field_name": "place"}], "bronze empty gold silver"),
    ],
)
def test_results_are_sorted(
    client: globus_sdk.SearchClient, examples: str, sort: list[dict[str, Any]], subjects: str
) -> None:
    found = client.post_search(examples, {"q": "*", "sort": sort})
    assert [result["subject"] for result in found["gmeta"]] == subjects.split()


def test_pages(client: globus_sdk.SearchClient, examples: str) -> None:
    page = client.search(examples, "*", limit=2, offset=1)
    assert [page[name] for name in ("count", "offset", "total", "has_next_page")] == [2, 1, 4, True]
    assert (page["@datatype"], page["@version"]) == ("GSearchResult", "2017-09-01")
    assert "facet_results" not in page
    assert client.search(examples, "*", limit=2, offset=2)["has_next_page"] is False
    assert client.search(examples, "*", offset=10000, limit=0)["gmeta"] == []
    assert client.post_search(examples, {"q": "*"}, limit=1, offset=3)["gmeta"][0]["subject"] == "silver"


def test_scroll_has_more_results_than_a_search(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Large")
    sandbox.search.ingest(index, [{"subject": f"{n:05}", "content": {}} for n in range(10001)])
    last = client.search(index, "*", offset=9999, limit=1)
    assert (last["total"], last["count"], last["has_next_page"]) == (10001, 1, False)
    first = client.scroll(index, {"q": "*", "limit": 10000})
    assert (first["total"], first["count"], first["has_next_page"]) == (10001, 10000, True)
    second = client.scroll(index, {"q": "*", "limit": 10000}, marker=first["marker"])
    assert [second[name] for name in ("total", "count", "has_next_page", "marker")] == [10001, 1, False, None]
    assert second["gmeta"][0]["subject"] == "10000"


def test_a_result_has_the_entries_that_match(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Entries")
    ids = [None, "x", "y"]
    sandbox.search.ingest(index, [{"subject": "a", "id": id, "content": {"title": f"gold {id}"}} for id in ids])
    for q, expected in (("gold", ids), ("x", ["x"])):
        found = client.search(index, q)
        assert found["total"] == 1
        assert [one["entry_id"] for one in found["gmeta"][0]["entries"]] == expected


def test_threads_write_and_search_at_the_same_time(sandbox: Sandbox, client: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Busy")

    def work(thread: int) -> None:
        for number in range(5):
            sandbox.search.ingest(index, [{"subject": f"{thread} {number}", "content": {"title": "gold"}}])
            client.ingest(
                index, {"ingest_type": "GMetaEntry", "ingest_data": entry(f"{thread} x", title=f"gold {number}")}
            )
            assert client.search(index, "gold")["total"] >= number + 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert client.search(index, "gold")["total"] == 8 * 6
    assert client.search(index, "4")["total"] == 8
