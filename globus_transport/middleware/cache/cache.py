"""Stores responses to GETs for as long as the service allows, and validates them after that."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from globus_transport.core.flow import Flow, Run, Steps, send
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.http.urls import URL
from globus_transport.middleware.cache.rules import (
    BYPASSING_HEADERS,
    StoredResponse,
    digest_headers,
    parse_cache_control,
)

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Errors after which a stored response is dropped: it is out of date, or not for this credential any more. Not 429 and
#: 5xx, which say nothing about the resource.
_DROPPING_STATUSES = frozenset({401, 403, 404, 410})
_MAX_VARIANTS = 16
#: Approximate size in bytes of a stored response without its body and headers.
_ENTRY_OVERHEAD = 600

#: The responses that are stored for one URL: they differ in the credential, or in the headers named by ``Vary``.
Variants = tuple[StoredResponse, ...]


class CacheStore(Protocol):
    """Where a :class:`Cache` stores responses, by URL. Several threads call it.

    :ivar salt: up to 64 random bytes that go into the digests of credentials; it must not change while the store holds
        responses
    :ivar blocking: whether its methods do I/O; if so, they run in a worker thread under asyncio
    """

    @property
    def salt(self) -> bytes: ...

    @property
    def blocking(self) -> bool: ...

    def get(self, url: str) -> Variants:
        """The responses that are stored for a URL.

        :param url: the URL
        """
        ...

    def put(self, url: str, variants: Variants) -> None:
        """Replace the responses that are stored for a URL; an empty tuple removes them.

        :param url: the URL
        :param variants: the stored variants of the response, which replace those before
        """
        ...


class MemoryStore(PerProcess):
    """Stores responses in memory, and drops the least recently used ones when it is full. A copy is empty.

    :param max_bytes: approximate maximum size. A response larger than an eighth of it is not stored
    :raises GlobusSDKUsageError: if ``max_bytes`` is not positive
    """

    blocking = False
    _process_state = ("salt", "size", "_kept", "_lock")

    def __init__(self, max_bytes: int = 32 << 20) -> None:
        if not is_number(max_bytes, above=0):
            raise GlobusSDKUsageError(f"MemoryStore(max_bytes={max_bytes!r}): give a number of bytes above 0")
        self.max_bytes = max_bytes
        self._enter_process()

    def _make_process_state(self) -> None:
        self.salt = os.urandom(16)
        self.size = 0
        self._kept: OrderedDict[str, Variants] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> Variants:
        """The responses that are stored for a URL.

        :param url: the URL
        """
        with self._lock:
            variants = self._kept.get(url, ())
            if variants:
                self._kept.move_to_end(url)
            return variants

    def put(self, url: str, variants: Variants) -> None:
        """Replace the responses that are stored for a URL.

        :param url: the URL
        :param variants: the stored variants of the response, which replace those before
        """
        variants = tuple(stored for stored in variants if _size_of(stored) <= self.max_bytes // 8)
        with self._lock:
            self.size -= sum(map(_size_of, self._kept.pop(url, ())))
            if variants:
                self._kept[url] = variants
                self.size += sum(map(_size_of, variants))
            while self.size > self.max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self.size -= sum(map(_size_of, dropped))

    def __len__(self) -> int:
        return len(self._kept)

    def __str__(self) -> str:
        return f"in memory, at most {self.max_bytes / (1 << 20):g} MiB"


def _size_of(stored: StoredResponse) -> int:
    return _ENTRY_OVERHEAD + len(stored.body) + sum(len(name) + len(value) for name, value in stored.headers.pairs)


class Cache:
    """Answer GETs from stored responses, by the rules of HTTP caching (RFC 9111) for a private cache.

    Place it below the authorizer, best next to the terminal, so that it sees the credential: a response is only used
    for requests with the credential that it was stored for. Responses from the cache have an ``Age`` header. Stale
    responses are validated with ``ETag`` and ``Last-Modified``. A request may have the ``Cache-Control`` directives
    ``no-cache``, ``no-store``, ``max-age``, ``min-fresh``, ``max-stale`` and ``only-if-cached``. A request with an
    unsafe method removes the stored responses of its URL.

    Streamed requests do not use the cache. A custom terminal may return responses without ``request``. The cache then
    cannot see whether a layer below added a credential, so it does not store the response to a request without one.

    :param store: where responses are stored; by default a new :class:`MemoryStore`
    :param credentials: names of the request headers that hold credentials; only a digest of their values is stored
    :raises GlobusSDKUsageError: if ``credentials`` is a text instead of a list
    """

    def __init__(
        self, store: CacheStore | None = None, *, credentials: Iterable[str] = ("Authorization", "Cookie")
    ) -> None:
        if isinstance(credentials, str):
            raise GlobusSDKUsageError(f"Cache(credentials={credentials!r}): give a list of header names")
        self.store: CacheStore = MemoryStore() if store is None else store
        self.credentials = tuple(credentials)
        self._last_change = object()

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusSDKUsageError: if it is above an authorizer, where it cannot see the credential"""
        if request.method not in _SAFE_METHODS:
            return self._send_unsafe(request)
        if request.method != "GET" or request.stream or request.body:
            return send(request)
        directives = parse_cache_control(request.headers)
        if "no-store" in directives or any(name.lower() in BYPASSING_HEADERS for name, _ in request.headers.pairs):
            return send(request)
        return self._get(request, directives)

    def _get(self, request: Request, directives: Mapping[str, str | None]) -> Flow:
        salt = self.store.salt
        credential = digest_headers(request.headers, self.credentials, salt)
        variants: Variants = yield from self._call_store(self.store.get, request.url)
        stored = next((variant for variant in variants if variant.matches(request, credential, salt)), None)
        sent_at = time.time()
        if stored is not None and stored.is_reusable(directives, sent_at):
            return stored.make_response(request, sent_at)
        if "only-if-cached" in directives:
            return Response(504, reason="Not In Cache", request=request)
        last_change = self._last_change
        conditional = request if stored is None else stored.make_conditional(request)
        response: Response = yield conditional
        self._check_position(request, response, credential)
        if response.status == 304 and stored is not None and conditional is not request:
            if stored.is_validated_by(response):
                response = stored.make_updated_response(response)
            else:
                sent_at = time.time()
                response = yield request
        received_at = time.time()
        new: StoredResponse | None = None
        # If an unsafe request was sent meanwhile, the response may be from before or after its change.
        if last_change is self._last_change and self._is_answer_to(request, response):
            new = StoredResponse.from_response(
                request, response, credential=credential, salt=salt, sent_at=sent_at, received_at=received_at
            )
        is_outdated = stored is not None and (response.status < 400 or response.status in _DROPPING_STATUSES)
        if new is not None or is_outdated:
            yield from self._replace(request, credential, new)
            if last_change is not self._last_change:
                # An unsafe request may have removed this URL before the response was stored.
                yield from self._call_store(self.store.put, request.url, ())
        return response

    def _replace(self, request: Request, credential: str, new: StoredResponse | None) -> Steps[None]:
        salt = self.store.salt
        variants: Variants = yield from self._call_store(self.store.get, request.url)
        others = tuple(variant for variant in variants if not variant.matches(request, credential, salt))
        kept = others if new is None else (new, *others[: _MAX_VARIANTS - 1])
        yield from self._call_store(self.store.put, request.url, kept)

    def _send_unsafe(self, request: Request) -> Flow:
        # Before the request too, because the service may process it even if its response is lost (section 4.4).
        yield from self._invalidate([request.url])
        response: Response = yield request
        if response.status < 400:
            yield from self._invalidate([request.url, *_changed_urls(request, response)])
        return response

    def _invalidate(self, urls: list[URL]) -> Steps[None]:
        self._last_change = object()
        for url in urls:
            yield from self._call_store(self.store.put, url, ())

    def _call_store(self, function: Callable[..., Any], *args: Any) -> Steps[Any]:
        if self.store.blocking:
            return (yield Run(function, *args))
        return function(*args)

    def _check_position(self, request: Request, response: Response, credential: str) -> None:
        sent = response.request
        if sent is not None and digest_headers(sent.headers, self.credentials, self.store.salt) != credential:
            raise GlobusSDKUsageError(
                f"{request!r}: a layer below the cache added a credential, which the cache cannot see. "
                "Put the cache below the authorizer: client.stack.add(Cache())"
            )

    def _is_answer_to(self, request: Request, response: Response) -> bool:
        """Whether the request was sent as it is here: to its URL, and with its headers that ``Vary`` names."""
        sent = response.request
        if sent is None:
            # Unknown. A request without a credential may have got one in a layer below.
            return any(name in request.headers for name in self.credentials)
        vary = [name.strip() for name in response.headers.get("Vary", "").split(",")]
        return sent.url == request.url and all(sent.headers.get(name) == request.headers.get(name) for name in vary)

    def __str__(self) -> str:
        return f"answers to GETs, kept {self.store}"


def _changed_urls(request: Request, response: Response) -> list[URL]:
    """The URLs of the same origin that the response to an unsafe request names (section 4.4)."""
    changed = []
    for name in ("Location", "Content-Location"):
        text = response.headers.get(name)
        if text is not None:
            try:
                url = request.url.resolve(text)
            except GlobusSDKUsageError:
                # Nothing is stored for what is not an http(s) URL.
                continue
            if url.origin == request.url.origin:
                changed.append(url)
    return changed
