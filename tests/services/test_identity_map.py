"""IdentityMap: batches, its cache, and the same requests as globus-sdk's."""

from __future__ import annotations

from typing import Any

import globus_sdk
import pytest

from globus_transport import AsyncAuthClient, AuthClient, GlobusSDKUsageError, IdentityMap, NativeAppAuthClient

_URL = "https://auth.example.org"


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012}"


#: Ids 1 to 9 with their user names; the id 0 is nobody's.
KNOWN = [{"id": _id(number), "username": f"user{number}@b.org"} for number in range(1, 10)]


class FakeAuth:
    """Answers with the known identities, and writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.fails = False

    def get_identities(self, **wanted: Any) -> Any:
        ((kind, values),) = wanted.items()
        self.asked.append((kind, list(values)))
        if self.fails:
            raise TimeoutError
        key = {"ids": "id", "usernames": "username"}[kind]
        return {"identities": [one for one in KNOWN if one[key] in values]}


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


def test_one_request_finds_all(auth: FakeAuth) -> None:
    identities = IdentityMap(auth, [_id(1), _id(2), _id(1), "user3@b.org"])
    assert auth.asked == []
    assert identities[_id(2)] == KNOWN[1]
    assert identities[_id(1)]["username"] == "user1@b.org"
    # Both names of what was found lead to it.
    assert identities["user2@b.org"] is identities[_id(2)]
    assert auth.asked == [("ids", [_id(2), _id(1)])]
    assert identities["user3@b.org"]["id"] == _id(3)
    assert auth.asked[1:] == [("usernames", ["user3@b.org"])]
    assert not identities.unresolved_ids | identities.unresolved_usernames


def test_a_batch_is_no_larger(auth: FakeAuth) -> None:
    identities = IdentityMap(auth, map(_id, range(1, 8)), id_batch_size=3)
    assert [identities[_id(number)]["id"] for number in range(1, 8)] == [*map(_id, range(1, 8))]
    assert [values for _, values in auth.asked] == [
        [*map(_id, (1, 2, 3))],
        [*map(_id, (4, 5, 6))],
        [_id(7)],
    ]
    assert IdentityMap(auth).id_batch_size == globus_sdk.IdentityMap(auth).id_batch_size == 100  # type: ignore[arg-type]


def test_add_says_whether_it_is_new(auth: FakeAuth) -> None:
    for identities in (IdentityMap(auth), globus_sdk.IdentityMap(auth)):  # type: ignore[arg-type]
        assert identities.add(_id(1))
        assert not identities.add(_id(1))
        assert identities.add("user2@b.org")
        assert not identities.add("user2@b.org")
        assert identities["user2@b.org"]
        assert not identities.add("user2@b.org")
        assert not identities.add(_id(2))
        assert list(identities.unresolved_ids) == [_id(1)]


def test_nobody(auth: FakeAuth) -> None:
    identities = IdentityMap(auth)
    with pytest.raises(KeyError, match=r"nobody@b\.org: Globus Auth knows no such identity") as refusal:
        identities["nobody@b.org"]
    # As of a dict: programs collect what is missing.
    assert refusal.value.args == ("nobody@b.org",)
    assert identities.get(_id(0)) is None
    assert identities.get(_id(0), "default") == "default"
    assert identities.get(_id(1), "default") == KNOWN[0]


def test_del_forgets(auth: FakeAuth) -> None:
    identities = IdentityMap(auth, [_id(1)])
    assert identities[_id(1)]
    del identities[_id(1)]
    assert identities[_id(1)] == KNOWN[0]
    assert len(auth.asked) == 2
    with pytest.raises(KeyError):
        del identities[_id(2)]


def test_a_shared_cache(auth: FakeAuth) -> None:
    cache: dict[str, dict[str, Any]] = {}
    first, second = IdentityMap(auth, [_id(1)], cache=cache), IdentityMap(auth, [_id(1), _id(2)], cache=cache)
    assert first[_id(1)] is second[_id(1)]
    assert second[_id(2)] == KNOWN[1]
    assert [values for _, values in auth.asked] == [[_id(1)], [_id(2)]]
    assert cache.keys() == {_id(1), _id(2), "user1@b.org", "user2@b.org"}


def test_what_another_map_found_is_not_asked_for(auth: FakeAuth) -> None:
    cache: dict[str, Any] = {}
    identities = IdentityMap(auth, [_id(1), _id(2), _id(3)], cache=cache)
    cache[_id(2)] = KNOWN[1]
    assert identities[_id(1)]
    assert auth.asked == [("ids", [_id(1), _id(3)])]


def test_a_failed_request_is_made_again(auth: FakeAuth) -> None:
    identities = IdentityMap(auth, [_id(1), _id(2)])
    auth.fails = True
    with pytest.raises(TimeoutError):
        identities[_id(1)]
    auth.fails = False
    assert identities[_id(2)] == KNOWN[1]
    assert auth.asked[1] == ("ids", [_id(2), _id(1)])


@pytest.mark.parametrize(
    "client",
    [AsyncAuthClient(base_url=_URL), NativeAppAuthClient("a", base_url=_URL), object()],
    ids=["async", "native", "object"],
)
def test_a_client_that_cannot_look_up(client: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="give it an AuthClient"):
        IdentityMap(client)


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_of_nothing(size: int) -> None:
    with AuthClient(base_url=_URL) as client, pytest.raises(GlobusSDKUsageError, match="id_batch_size"):
        IdentityMap(client, id_batch_size=size)
