"""Credentials among aiohttp's headers. It prints the headers that it sent in its exceptions, and so in logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from globus_transport.http.headers import SECRET_NAMES, Pair


class Hidden(str):
    """The value of a header, sent as it is and printed as ``<hidden>``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


def secrets_hidden(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The same fields, those that hold a credential as :class:`Hidden`."""
    for name, value in pairs:
        yield name, Hidden(value) if name.lower() in SECRET_NAMES else value
