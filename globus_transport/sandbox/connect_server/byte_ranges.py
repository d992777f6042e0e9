"""Conditional requests and byte ranges (RFC 9110, sections 13 and 14) for the files of a collection."""

from __future__ import annotations

import os
import re

from flask import Request
from werkzeug.http import http_date, parse_date

_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.ASCII)
# More digits than any file size has; Python refuses to convert very long texts.
_MOST_DIGITS = 20


class UnsatisfiableRangeError(ValueError):
    """No byte of the requested range is in the file."""


def etag_of(info: os.stat_result) -> str:
    """The entity tag of a file: it changes with the time of the last change, and with the size."""
    return f'"{info.st_mtime_ns:x}-{info.st_size:x}"'


def failed_condition(request: Request, info: os.stat_result | None) -> int | None:
    """The status of a request whose conditions are not met: 412, or 304 for a read; ``None`` if they are met.

    :param info: of the file; ``None`` if there is none
    """
    etag = None if info is None else etag_of(info).strip('"')
    is_read = request.method in ("GET", "HEAD")
    if "If-Match" in request.headers:
        if etag is None or not (request.if_match.star_tag or request.if_match.is_strong(etag)):
            return 412
    elif info is not None and _is_changed_since(request.headers.get("If-Unmodified-Since"), info):
        return 412
    if "If-None-Match" in request.headers:
        if etag is not None and (request.if_none_match.star_tag or request.if_none_match.contains_weak(etag)):
            return 304 if is_read else 412
    elif is_read and info is not None and _is_unchanged_since(request.headers.get("If-Modified-Since"), info):
        return 304
    return None


def read_range(request: Request, info: os.stat_result) -> tuple[int, int] | None:
    """The first byte and the byte after the last one of the range that a request asks for.

    :return: ``None`` if the whole file is to be sent: without a range, with one of another unit, with several, or
        because the file is no longer the one that ``If-Range`` names
    :raises UnsatisfiableRangeError: if the range is outside the file
    """
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.method != "GET" or not _is_range_valid(request, info):
        return None
    first, last = found.groups()
    if (not first and not last) or max(len(first), len(last)) > _MOST_DIGITS:
        return None
    size = info.st_size
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise UnsatisfiableRangeError(f"The file has {size} bytes")
    return start, end


def _is_range_valid(request: Request, info: os.stat_result) -> bool:
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    return condition.strip() in (etag_of(info), http_date(int(info.st_mtime)))


def _is_changed_since(text: str | None, info: os.stat_result) -> bool:
    date = _read_date(text)
    return date is not None and int(info.st_mtime) > date


def _is_unchanged_since(text: str | None, info: os.stat_result) -> bool:
    date = _read_date(text)
    return date is not None and int(info.st_mtime) <= date


def _read_date(text: str | None) -> float | None:
    """The date of a condition, in seconds since the epoch; ``None`` if it is no date: the condition is ignored."""
    try:
        date = parse_date(text)
    except OverflowError:
        # Werkzeug expects other errors only, but a year or an offset of twenty digits raises this one.
        return None
    return None if date is None else date.timestamp()
