"""The types of ``get_jwk`` for type checkers: its return type depends on ``as_pem``, so that it needs overloads."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, cast, overload

from globus_transport.core.flow import Steps
from globus_transport.routing.bound import AwaitedCalls, BlockingCalls
from globus_transport.routing.missing import MISSING, MissingType
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import operation

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Configuration = GlobusHTTPResponse | Mapping[str, Any] | MissingType


class JwkCall(Protocol):
    """``get_jwk`` on a client for threads."""

    @overload
    def __call__(
        self, openid_configuration: Configuration = MISSING, *, as_pem: Literal[False] = False
    ) -> dict[str, Any]: ...
    @overload
    def __call__(self, openid_configuration: Configuration = MISSING, *, as_pem: Literal[True]) -> RSAPublicKey: ...
    @overload
    def __call__(
        self, openid_configuration: Configuration = MISSING, *, as_pem: bool
    ) -> dict[str, Any] | RSAPublicKey: ...
    def flow(self, openid_configuration: Configuration = MISSING, *, as_pem: bool = False) -> Steps[Any]:
        """The call, as a flow."""
        ...


class AsyncJwkCall(Protocol):
    """``get_jwk`` on a client for asyncio."""

    @overload
    def __call__(
        self, openid_configuration: Configuration = MISSING, *, as_pem: Literal[False] = False
    ) -> Coroutine[Any, Any, dict[str, Any]]: ...
    @overload
    def __call__(
        self, openid_configuration: Configuration = MISSING, *, as_pem: Literal[True]
    ) -> Coroutine[Any, Any, RSAPublicKey]: ...
    @overload
    def __call__(
        self, openid_configuration: Configuration = MISSING, *, as_pem: bool
    ) -> Coroutine[Any, Any, dict[str, Any] | RSAPublicKey]: ...
    def flow(self, openid_configuration: Configuration = MISSING, *, as_pem: bool = False) -> Steps[Any]:
        """The call, as a flow."""
        ...


class JwkOperation(Protocol):
    """``get_jwk`` in its route table."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: BlockingCalls, owner: type) -> JwkCall: ...
    @overload
    def __get__(self, instance: AwaitedCalls, owner: type) -> AsyncJwkCall: ...


def jwk_operation(function: Callable[..., Steps[Any]]) -> JwkOperation:
    """Declare ``get_jwk`` as an operation that has the types above."""
    return cast(JwkOperation, operation(function))
