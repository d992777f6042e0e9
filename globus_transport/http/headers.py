"""Header fields (RFC 9110, section 5): an ordered, immutable multi-map with case-insensitive names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from globus_transport.exc.base import GlobusSDKUsageError

#: RFC 9110, section 5.6.2: what names of header fields are made of.
match_token = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch

#: Headers whose values are never printed.
SECRET_NAMES = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})

_SECRET_NAME = re.compile(r"(?i)token|secret|api-?key|password|signature").search

#: Headers that say where a body ends (RFC 9112, section 6). The body of a request decides them.
FRAMING = frozenset({"content-length", "transfer-encoding"})

Pair = tuple[str, str]


class Headers(Mapping[str, str]):
    """Header fields in their order, with repeats.

    Reading is by name in any case. ``headers["name"]`` of a repeated header is its values joined
    by ``", "``; :meth:`get_all` gives them apart, :attr:`pairs` gives every field as it stands.

    :param fields: a mapping, or pairs of names and values
    :raises GlobusSDKUsageError: for a name that is not an RFC 9110 token, or a value that is not
        text, holds CR, LF or NUL, or cannot be written as ISO 8859-1
    """

    __slots__ = ("_index", "_pairs")

    _pairs: tuple[Pair, ...]
    _index: dict[str, str] | None

    def __init__(self, fields: Headers | Mapping[str, str] | Iterable[Pair] = ()) -> None:
        if isinstance(fields, Headers):
            self._pairs = fields._pairs
        else:
            items: Iterable[Pair] = cast(Mapping[str, str], fields).items() if isinstance(fields, Mapping) else fields
            pairs = tuple(items)
            for name, value in pairs:
                check_field(name, value)
            self._pairs = pairs
        self._index = None

    @classmethod
    def received(cls, pairs: Iterable[Pair]) -> Headers:
        """Headers that an HTTP library has parsed. They are not checked.

        :param pairs: pairs of names and values, as a server sent them
        """
        headers = cls.__new__(cls)
        headers._pairs = tuple(pairs)
        headers._index = None
        return headers

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every field as ``(name, value)``, in order."""
        return self._pairs

    def by_name(self) -> Mapping[str, str]:
        """Every header's value by its name in lower case; the values of a repeated header are joined."""
        index = self._index
        if index is None:
            index = {}
            for name, value in self._pairs:
                key = name.lower()
                index[key] = f"{index[key]}, {value}" if key in index else value
            self._index = index
        return index

    def __getitem__(self, name: str) -> str:
        return self.by_name()[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.by_name()

    def __iter__(self) -> Iterator[str]:
        seen = set()
        for name, _ in self._pairs:
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name

    def __len__(self) -> int:
        return len(self.by_name())

    def get_all(self, name: str) -> list[str]:
        """Every value of one header, in order.

        :param name: the name of the header, in any case
        """
        name = name.lower()
        return [value for key, value in self._pairs if key.lower() == name]

    def with_header(self, name: str, value: str) -> Headers:
        """These headers with ``name`` set to one value, which replaces its old ones.

        :param name: the name of the header, in any case
        :param value: its value
        """
        check_field(name, value)
        return Headers.received((*self.without(name)._pairs, (name, value)))

    def with_defaults(self, defaults: Headers) -> Headers:
        """These headers, after those of ``defaults`` whose names they do not have.

        :param defaults: headers that are added if there is none of their name
        """
        index = self.by_name()
        missing = [pair for pair in defaults._pairs if pair[0].lower() not in index]
        return Headers.received((*missing, *self._pairs)) if missing else self

    def without(self, *names: str) -> Headers:
        """These headers without the named ones.

        :param names: names of headers, in any case
        """
        gone = {name.lower() for name in names}
        if gone.isdisjoint(self.by_name()):
            return self
        return Headers.received(pair for pair in self._pairs if pair[0].lower() not in gone)

    def redacted(self) -> list[Pair]:
        """Every field with credentials replaced, for printing."""
        return [(name, "<hidden>" if name.lower() in SECRET_NAMES else value) for name, value in self._pairs]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return _comparable(self) == _comparable(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(_comparable(self))

    def __repr__(self) -> str:
        return f"Headers({self.redacted()!r})"


def _comparable(headers: Headers) -> tuple[Pair, ...]:
    return tuple((name.lower(), value) for name, value in headers.pairs)


def is_secret_header(name: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether the value of a header of this name is a credential.

    :param more: further names, in lower case
    """
    lowered = name.lower()
    return lowered in SECRET_NAMES or lowered in more or _SECRET_NAME(name) is not None


def check_field(name: object, value: object) -> None:
    """Check a header field.

    :raises GlobusSDKUsageError: if it cannot be sent, or would add another field
    """
    if not isinstance(name, str) or not match_token(name):
        raise GlobusSDKUsageError(f"{name!r} is not a header name: letters, digits and !#$%&'*+-.^_`|~ only")
    if not isinstance(value, str):
        raise GlobusSDKUsageError(f"the value of header {name!r} is a {type(value).__name__}; give a str")
    if "\r" in value or "\n" in value or "\0" in value:
        raise GlobusSDKUsageError(f"the value of header {name!r} holds CR, LF or NUL, which could forge a header")
    if not value.isascii():
        try:
            value.encode("latin-1")
        except UnicodeEncodeError:
            raise GlobusSDKUsageError(
                f"the value of header {name!r} holds characters outside ISO 8859-1; percent-encode them"
            ) from None
