"""Keeps credentials out of aiohttp's exceptions, which print the headers of the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from globus_transport.http.headers import SECRET_NAMES, Pair


class SecretStr(str):
    """The value of a header: sent as it is, printed as ``<hidden>``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def hide_secrets(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The same headers. A value that is a credential becomes a :class:`SecretStr`."""
    for name, value in pairs:
        yield name, SecretStr(value) if name.lower() in SECRET_NAMES else value
