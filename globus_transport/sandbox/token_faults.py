"""Token responses that are wrong on purpose, for tests of what a program does with them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import attrs

from globus_transport.sandbox.scopes import AUTH, Scope
from globus_transport.sandbox.tokens import Credential, IssuedTokens

TokenFault = Literal[
    "other_issuer",
    "other_audience",
    "other_nonce",
    "bad_signature",
    "expired",
    "not_yet_valid",
    "missing_id_token",
    "missing_other_tokens",
    "other_scope",
]

#: How far the dates of tokens are in the past or in the future, in seconds. Programs allow clocks to differ by minutes.
SHIFT = 3600.0

_NAMES: tuple[TokenFault, ...] = get_args(TokenFault)
# These are of no effect in a response without an ID token.
_OF_ID_TOKENS: frozenset[TokenFault] = frozenset(
    {"other_issuer", "other_audience", "other_nonce", "bad_signature", "not_yet_valid", "missing_id_token"}
)


class TokenFaults:
    """The faults of the next token responses, in the order in which they were added.

    A response of the authorization code, refresh token or client credentials grant takes the first fault that can
    have an effect on it. A dependent token response takes none.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[TokenFault] = []

    def add(self, fault: TokenFault, *, times: int = 1) -> None:
        """Make the next token responses wrong.

        :param fault: what is wrong:

            - ``other_issuer``, ``other_audience``: the ID token is from another issuer, or for another client
            - ``other_nonce``: the ID token has another ``nonce`` than the login
            - ``bad_signature``: the signature of the ID token is not that of its issuer's key
            - ``expired``: the tokens expired an hour ago, although ``expires_in`` is as usual
            - ``not_yet_valid``: the ID token becomes valid in an hour, as if the clocks differed
            - ``missing_id_token``: there is no ID token
            - ``missing_other_tokens``: there are tokens for one resource server only
            - ``other_scope``: the tokens of the last resource server are for another scope than was requested
        :param times: how many responses
        :raises ValueError: if there is no such fault, or ``times`` is less than 1
        """
        if fault not in _NAMES:
            raise ValueError(f"fault={fault!r}: there are {', '.join(_NAMES)}")
        if times < 1:
            raise ValueError(f"times={times}: give a number of responses greater than 0")
        with self._lock:
            self._waiting.extend(itertools.repeat(fault, times))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._waiting.clear()

    def pending(self) -> list[TokenFault]:
        """The faults that no response has had yet."""
        with self._lock:
            return self._waiting.copy()

    def take(self, *, has_id_token: bool, servers: int) -> TokenFault | None:
        """The fault of a response, which is then no longer pending.

        :param has_id_token: whether the response has an ID token
        :param servers: the number of resource servers that it has tokens for
        """
        with self._lock:
            for position, fault in enumerate(self._waiting):
                if fault in _OF_ID_TOKENS and not has_id_token:
                    continue
                if fault == "missing_other_tokens" and servers < 2:
                    continue
                return self._waiting.pop(position)
        return None


def spoil_tokens(issued: Sequence[IssuedTokens], fault: TokenFault | None) -> list[IssuedTokens]:
    """The tokens of a response with a fault, before they become valid."""
    if fault == "expired":
        return [attrs.evolve(tokens, access=_move(tokens.access, -SHIFT)) for tokens in issued]
    if fault == "missing_other_tokens":
        return [issued[0]]
    if fault == "other_scope":
        *others, last = issued
        scopes = _other_scopes(last.access)
        refresh = None if last.refresh is None else attrs.evolve(last.refresh, scopes=scopes)
        return [*others, IssuedTokens(attrs.evolve(last.access, scopes=scopes), refresh)]
    return list(issued)


def _move(access: Credential, seconds: float) -> Credential:
    # The lifetime is the difference of the two dates, which stays as it is.
    lifetime = access.expires_at - access.issued_at
    return attrs.evolve(access, issued_at=access.issued_at + seconds - lifetime, expires_at=access.issued_at + seconds)


def _other_scopes(access: Credential) -> tuple[Scope, ...]:
    if access.resource_server == AUTH:
        return (Scope(f"urn:globus:auth:scope:{AUTH}:view_identities"),)
    return (Scope(f"urn:globus:auth:scope:{access.resource_server}:other"),)


def break_signature(signed: str) -> str:
    """An ID token with a signature that its key did not make."""
    head, dot, signature = signed.rpartition(".")
    # The first character of the signature: the last one has bits that do not count.
    return f"{head}{dot}{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def describe(faults: Iterable[TokenFault]) -> list[str]:
    """One line about each fault, for a message."""
    return [f"token fault {fault!r}" for fault in faults]
