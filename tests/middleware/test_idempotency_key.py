"""Idempotency keys, stepped by hand."""

from __future__ import annotations

import copy as copying
import pickle
import re
from typing import Any
from uuid import uuid4

import pytest

from globus_transport import (
    GlobusConnectionError,
    GlobusSDKUsageError,
    IdempotencyKey,
    Request,
    Response,
    Retry,
    Stack,
    StreamBody,
)
from tests.core.stepping import Canned, World, get, in_both_worlds, post

_KEY = re.compile(r'"[0-9a-f]{32}"')


def test_every_call_has_its_own() -> None:
    layer = IdempotencyKey()
    keys = {layer(post()).headers["Idempotency-Key"] for _ in range(3)}
    assert len(keys) == 3
    assert all(_KEY.fullmatch(key) for key in keys)


def test_a_key_of_the_programs_own_making() -> None:
    names = iter(["job-1", "job-2"])
    layer = IdempotencyKey("X-Key", make=lambda: next(names))
    assert [layer(post()).headers["X-Key"] for _ in range(2)] == ["job-1", "job-2"]


def test_what_is_made_can_be_a_header() -> None:
    with pytest.raises(GlobusSDKUsageError, match="'X-Key' holds CR, LF or NUL"):
        IdempotencyKey("X-Key", make=lambda: "a\r\nb")(post())
    with pytest.raises(GlobusSDKUsageError, match="'X-Key' is a UUID; give a str"):
        IdempotencyKey("X-Key", make=uuid4)(post())  # type: ignore[arg-type]


async def promised() -> str:
    return "key"


@pytest.mark.parametrize("make", [promised, "key"])
def test_what_cannot_make_one(make: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"IdempotencyKey\(make=.*: give a plain function"):
        IdempotencyKey(make=make)


def test_what_has_one_keeps_it() -> None:
    request = post(headers={"idempotency-key": '"mine"'})
    assert IdempotencyKey()(request) is request


@pytest.mark.parametrize(
    "request_", [get(), Request("PUT", "https://h.org/", body=b"x"), Request("DELETE", "https://h.org")]
)
def test_other_methods_need_none(request_: Request) -> None:
    assert IdempotencyKey(honoured=True)(request_) is request_


@pytest.mark.parametrize(
    ("honoured", "declared", "repeatable"),
    [(True, None, True), (True, False, False), (False, None, None), (False, True, True)],
)
def test_only_an_honoured_key_makes_it_repeatable(
    honoured: bool, declared: bool | None, repeatable: bool | None
) -> None:
    assert IdempotencyKey(honoured=honoured)(post(repeatable=declared)).repeatable is repeatable


def test_a_body_that_can_be_sent_once_is_sent_once() -> None:
    request = Request("POST", "https://h.org/", body=StreamBody.once([b"x"]))
    with_key = IdempotencyKey(honoured=True)(request)
    assert "Idempotency-Key" in with_key.headers
    assert not with_key.may_repeat


@in_both_worlds
def test_the_same_layer_in_two_stacks_and_copied(world: World) -> None:
    layer = IdempotencyKey("X-Key", honoured=True)
    terminal = world.terminal(*(Response(200) for _ in range(4)))
    for same in (layer, layer, pickle.loads(pickle.dumps(layer)), copying.copy(layer)):
        world.send(post(), [same], terminal)
    assert len({request.headers["X-Key"] for request in terminal.requests}) == 4
    assert all(request.may_repeat for request in terminal.requests)


@pytest.mark.parametrize("honoured", [True, False])
def test_all_attempts_carry_the_same(honoured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    terminal = Canned(GlobusConnectionError("lost"), Response(200))
    stack = Stack(terminal, [IdempotencyKey("X-Key", honoured=honoured), Retry()])
    if not honoured:
        with pytest.raises(GlobusConnectionError):
            stack.send(post())
        assert len(terminal.requests) == 1
        return
    assert stack.send(post()).status == 200
    first, second = terminal.requests
    assert first.headers["X-Key"] == second.headers["X-Key"]


def test_bad_name_and_print() -> None:
    with pytest.raises(GlobusSDKUsageError):
        IdempotencyKey("no name")
    assert str(IdempotencyKey()) == "Idempotency-Key on POST and PATCH, for information"
    assert str(IdempotencyKey(honoured=True)) == "Idempotency-Key on POST and PATCH, which the service honours"
