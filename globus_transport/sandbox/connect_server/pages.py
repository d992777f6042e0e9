"""Lists in pages: the parameters ``page_size`` and ``marker``."""

from __future__ import annotations

from collections.abc import Collection

from flask import request

from globus_transport.sandbox.connect_server.errors import GCSError, result_document
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import parse_digits

_MOST = 1000


def list_page(documents: list[Document]) -> Document:
    """The result with the page of a list that the current request asks for. A marker is the number of entries before.

    :raises GCSError: if a parameter makes no sense
    """
    start, size = _number("marker", 0, 0, 10**9), _number("page_size", 100, 1, _MOST)
    end = start + size
    result = result_document(data=documents[start:end])
    if end < len(documents):
        result |= {"has_next_page": True, "marker": str(end)}
    return result


def read_words(name: str, allowed: Collection[str]) -> set[str]:
    """The words of a parameter, which are separated by commas.

    :raises GCSError: if one is not allowed
    """
    words = {word for text in request.args.getlist(name) for word in text.split(",") if word}
    if unknown := sorted(words.difference(allowed)):
        raise GCSError(422, f"{name}: {unknown[0]!r} is not one of {', '.join(sorted(allowed))}")
    return words


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name) or str(default)
    number = parse_digits(text)
    if number is None or not least <= number <= most:
        raise GCSError(422, f"{name}={text!r}: give a whole number from {least} to {most}")
    return number
