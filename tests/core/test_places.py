"""Layers that have to stand at a certain place of a stack."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from globus_transport import AsyncStack, GlobusSDKUsageError, Layer, Place, Request, Response, Stack
from globus_transport.core.layers import LayerLike


def answer(request: Request) -> Response:
    return Response(200, request=request)


async def async_answer(request: Request) -> Response:
    return Response(200, request=request)


def plain(request: Request) -> Request:
    return request


def other(request: Request) -> Request:
    return request


class Sign:
    place = Place(innermost=True, reason="the signature covers every header")

    def __call__(self, request: Request) -> Request:
        return request


class Digest:
    place = Place(after=("retry",), reason="each attempt counts")

    def __call__(self, request: Request) -> Request:
        return request


def names(stack: Stack | AsyncStack) -> list[str]:
    return [layer.name for layer in stack.layers]


def blocking(layers: list[LayerLike]) -> Stack:
    return Stack(answer, layers)


def under_asyncio(layers: list[LayerLike]) -> AsyncStack:
    return AsyncStack(async_answer, layers)


@pytest.mark.parametrize("make", [blocking, under_asyncio])
def test_an_innermost_layer_stays_innermost(make: Callable[[list[LayerLike]], Stack | AsyncStack]) -> None:
    stack = make([plain, Sign()])
    assert names(stack.add(other)) == ["plain", "other", "sign"]
    assert names(stack.add(other, before="plain")) == ["other", "plain", "sign"]
    with pytest.raises(GlobusSDKUsageError, match=r"'sign' .* the innermost: the signature .* put 'other' before"):
        stack.add(other, after="sign")
    with pytest.raises(GlobusSDKUsageError, match="'sign' has to be the innermost"):
        make([Sign(), plain])
    with pytest.raises(GlobusSDKUsageError, match="'plain' has to be the innermost"):
        stack.replace("plain", Sign())
    with pytest.raises(GlobusSDKUsageError, match="has to be the innermost"):
        stack.add(Sign(), name="second")


def test_a_layer_comes_after_the_named_one() -> None:
    stack = Stack(answer, [("retry", plain), Digest()])
    with pytest.raises(GlobusSDKUsageError, match="'digest' has to come after 'retry': each attempt counts"):
        stack.remove("digest").add(Digest(), before="retry")
    # Without that layer it may stand anywhere.
    assert names(stack.remove("retry").add(other, after="digest")) == ["digest", "other"]


def test_a_place_may_be_given_to_a_function() -> None:
    layer = Layer("sign", plain, place=Place(innermost=True))
    stack = Stack(answer, [layer])
    assert names(stack.add(other)) == ["other", "sign"]
    assert names(pickle.loads(pickle.dumps(stack)).add(other)) == ["other", "sign"]
