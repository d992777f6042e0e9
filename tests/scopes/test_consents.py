"""Consents: the same forests and answers as globus-sdk's."""

from __future__ import annotations

import json
import pickle
from typing import Any

import globus_sdk.scopes.consents
import pytest

from globus_transport import ConsentForest, ConsentParseError, ConsentTreeConstructionError, GlobusSDKUsageError, Scope
from globus_transport.http.messages import Response
from globus_transport.scopes.consents import Consent
from globus_transport.services.auth.response import GetConsentsResponse


def _document(consent_id: int, scope: str, *above: int, **more: Any) -> dict[str, Any]:
    return {
        "id": consent_id,
        "client": f"client {consent_id}",
        "scope": f"scope {consent_id}",
        "scope_name": scope,
        "effective_identity": "user",
        "dependency_path": [*above, consent_id],
        "created": "2031-02-03T04:05:06.123456+00:00",
        "updated": "2031-02-03T04:05:06+00:00",
        "last_used": "2031-02-03T04:05:06+00:00",
        "status": "approved",
        "allows_refresh": True,
        "auto_approved": False,
        "atomically_revocable": False,
        **more,
    }


DOCUMENTS = [
    _document(1, "transfer"),
    _document(2, "data", 1, atomically_revocable=True),
    _document(3, "https", 1),
    _document(4, "deep", 1, 2),
    _document(5, "timer"),
    _document(6, "transfer", 5),
    _document(7, "data", 5, 6),
    _document(8, "transfer"),
]
SCOPES = [
    "transfer",
    "data",
    "timer",
    "transfer[data]",
    "transfer[*data]",
    "transfer[data https]",
    "transfer[data[deep] https]",
    "transfer[deep]",
    "timer[transfer]",
    "timer[transfer[data]]",
    "timer[transfer[https]]",
    "timer[data]",
    "transfer timer",
    "transfer timer[transfer[data]]",
    "transfer timer[https]",
    "transfer[data[deep[more]]]",
    "",
    "nothing",
]


def test_the_forest_is_the_same() -> None:
    ours, theirs = ConsentForest(DOCUMENTS), globus_sdk.scopes.consents.ConsentForest(DOCUMENTS)
    assert ours.edges == theirs.edges
    assert [str(one) for one in ours.nodes] == [str(one) for one in theirs.nodes]
    assert [one.created for one in ours.nodes] == [one.created for one in theirs.nodes]
    assert [(one.root.id, one.max_depth, one.edges) for one in ours.trees] == [
        (one.root.id, one.max_depth, one.edges) for one in theirs.trees
    ]
    assert [{node.id for node in tree.nodes} for tree in ours.trees] == [{1, 2, 3, 4}, {5, 6, 7}, {8}]
    assert ours.get_node(6).scope_name == ours.trees[1].get_node(6).scope_name == "transfer"
    for tree_or_forest, consent_id in ((ours, 9), (ours.trees[0], 5)):
        with pytest.raises(KeyError):
            tree_or_forest.get_node(consent_id)


@pytest.mark.parametrize("text", SCOPES)
def test_the_answers_are_the_same(text: str) -> None:
    ours, theirs = ConsentForest(DOCUMENTS), globus_sdk.scopes.consents.ConsentForest(DOCUMENTS)
    assert ours.meets_scope_requirements(text) == theirs.meets_scope_requirements(text)
    assert ours.meets_scope_requirements([text]) == theirs.meets_scope_requirements([text])


def test_two_of_the_answers() -> None:
    forest = ConsentForest(DOCUMENTS)
    assert forest.meets_scope_requirements([Scope.parse("transfer[*data]"), "timer"])
    assert not forest.meets_scope_requirements([Scope.parse("transfer[*data]"), "timer[https]"])
    assert not ConsentForest([]).meets_scope_requirements("a")
    with pytest.raises(GlobusSDKUsageError, match="int"):
        forest.meets_scope_requirements([1])  # type: ignore[list-item]


def test_a_reply_becomes_a_forest() -> None:
    reply = GetConsentsResponse(Response(200, {}, json.dumps({"consents": DOCUMENTS}).encode()))
    assert [one["id"] for one in reply] == list(range(1, 9))
    assert len(reply.to_forest().trees) == 3


def test_consents_print_as_trees() -> None:
    tree = ConsentForest([Consent.load(one) for one in DOCUMENTS]).trees[1]
    assert str(tree).splitlines() == [
        "- Consent [5]: Client [client 5] -> Scope [timer]",
        "  - Consent [6]: Client [client 6] -> Scope [transfer]",
        "    - Consent [7]: Client [client 7] -> Scope [data]",
    ]
    assert "8 consents in 3 trees" in repr(ConsentForest(DOCUMENTS))


@pytest.mark.parametrize("field", DOCUMENTS[0])
def test_a_missing_field_is_named(field: str) -> None:
    document = {name: value for name, value in DOCUMENTS[0].items() if name != field}
    with pytest.raises(ConsentParseError, match=repr(field)) as caught:
        ConsentForest([document])
    assert caught.value.raw_consent == document
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (str(copied), copied.raw_consent) == (str(caught.value), document)


@pytest.mark.parametrize(("field", "value"), [("created", "yesterday"), ("updated", None), ("dependency_path", [])])
def test_a_field_of_another_form_is_named(field: str, value: Any) -> None:
    with pytest.raises(ConsentParseError, match=repr(field)):
        ConsentForest([{**DOCUMENTS[0], field: value}])


def test_a_consent_below_nothing() -> None:
    with pytest.raises(ConsentTreeConstructionError, match="3 is a dependency of consent 9") as caught:
        ConsentForest([_document(3, "a", 9)])
    assert [one.id for one in caught.value.consents] == [3]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
