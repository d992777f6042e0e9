"""Keeps answers to GETs for as long as the service allows, and asks whether they are still good after that."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from globus_transport.core.flow import Flow, Run, Steps
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.middleware.cache.rules import NOT_FOR_A_CACHE, Stored, digest, directives

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What was kept is no longer true, or no longer for this credential; 429 and 5xx say nothing about it.
_NO_MORE = frozenset({401, 403, 404, 410})
_MOST_VARIANTS = 16
#: About what a kept response takes besides its body and headers.
_OVERHEAD = 600

Variants = tuple[Stored, ...]


class CacheStore(Protocol):
    """Where a :class:`Cache` keeps responses, by URL. Several threads call it.

    :ivar salt: up to 64 random bytes that go into the digests of credentials; the same for as long as it keeps them
    :ivar blocking: whether its methods do I/O; they then run in a worker thread under asyncio
    """

    @property
    def salt(self) -> bytes: ...

    @property
    def blocking(self) -> bool: ...

    def get(self, url: str) -> Variants:
        """The responses that are kept for a URL."""
        ...

    def put(self, url: str, variants: Variants) -> None:
        """Keep these for a URL, in the place of those before; none to forget it."""
        ...


class MemoryStore(PerProcess):
    """Keeps responses in this process; those that were not used for longest make room. A copy is empty.

    :param max_bytes: that it takes at most, about. A response of more than an eighth of that is not kept
    :raises GlobusSDKUsageError: if that is no positive number
    """

    blocking = False
    _process_state = ("salt", "size", "_kept", "_lock")

    def __init__(self, max_bytes: int = 32 << 20) -> None:
        if not max_bytes > 0:
            raise GlobusSDKUsageError(f"MemoryStore(max_bytes={max_bytes!r}): give a number of bytes above 0")
        self.max_bytes = max_bytes
        self._enter_process()

    def _make_process_state(self) -> None:
        self.salt = os.urandom(16)
        self.size = 0
        self._kept: OrderedDict[str, Variants] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> Variants:
        """The responses that are kept for a URL."""
        with self._lock:
            variants = self._kept.get(url, ())
            if variants:
                self._kept.move_to_end(url)
            return variants

    def put(self, url: str, variants: Variants) -> None:
        """Keep these for a URL, in the place of those before."""
        variants = tuple(one for one in variants if _size(one) <= self.max_bytes // 8)
        with self._lock:
            self.size -= sum(map(_size, self._kept.pop(url, ())))
            if variants:
                self._kept[url] = variants
                self.size += sum(map(_size, variants))
            while self.size > self.max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self.size -= sum(map(_size, dropped))

    def __len__(self) -> int:
        return len(self._kept)

    def __str__(self) -> str:
        return f"in memory, at most {self.max_bytes / (1 << 20):g} MiB"


def _size(stored: Stored) -> int:
    return _OVERHEAD + len(stored.body) + sum(len(name) + len(value) for name, value in stored.headers.pairs)


class Cache:
    """Answer GETs from what was kept, by the rules of HTTP caching (RFC 9111) for a private cache.

    Stands below the authorizer, best next to the terminal, so that it sees who asks: nobody gets what was given to
    another credential. Kept answers carry an ``Age`` header; what is no longer fresh is asked for with ``ETag`` and
    ``Last-Modified``. A request may say ``Cache-Control: no-cache``, ``no-store``, ``max-age``, ``min-fresh``,
    ``max-stale`` or ``only-if-cached``. A method that may change something drops what is kept of its URL.

    Responses that are streamed are neither kept nor answered from what is kept. Nor is an answer without ``request``,
    which a terminal of one's own may give, to a request that has no credential where the cache stands: who asked is not
    known.

    :param store: where they are kept; by default a :class:`MemoryStore` of its own
    :param credentials: the request headers that say who asks; of their values only a digest is kept
    :raises GlobusSDKUsageError: if ``credentials`` is no list of names
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
        """:raises GlobusSDKUsageError: if it stands above an authorizer, where it can't see who asks"""
        if request.method not in _SAFE_METHODS:
            return self._change(request)
        if request.method != "GET" or request.stream or request.body:
            return _pass_on(request)
        wanted = directives(request.headers)
        if "no-store" in wanted or any(name.lower() in NOT_FOR_A_CACHE for name, _ in request.headers.pairs):
            return _pass_on(request)
        return self._get(request, wanted)

    def _get(self, request: Request, wanted: Mapping[str, str | None]) -> Flow:
        salt = self.store.salt
        credential = digest(request.headers, self.credentials, salt)
        variants: Variants = yield from self._do(self.store.get, request.url)
        stored = next((one for one in variants if one.is_for(request, credential, salt)), None)
        asked_at = time.time()
        if stored is not None and stored.may_be_used(wanted, asked_at):
            return stored.response(request, asked_at)
        if "only-if-cached" in wanted:
            return Response(504, reason="Not In Cache", request=request)
        before = self._last_change
        asking = request if stored is None else stored.asking(request)
        response: Response = yield asking
        self._check_place(request, response, credential)
        if response.status == 304 and stored is not None and asking is not request:
            if stored.is_meant_by(response):
                response = stored.refreshed(response)
            else:
                asked_at = time.time()
                response = yield request
        received_at = time.time()
        keep: Stored | None = None
        # What was changed meanwhile may be in the answer, or not.
        if before is self._last_change and self._is_what_was_sent(request, response):
            keep = Stored.of(
                request, response, credential=credential, salt=salt, asked_at=asked_at, received_at=received_at
            )
        if keep is not None or (stored is not None and (response.status < 400 or response.status in _NO_MORE)):
            yield from self._replace(request, credential, keep)
            if before is not self._last_change:
                # Somebody forgot this very URL, perhaps, while it was being kept.
                yield from self._do(self.store.put, request.url, ())
        return response

    def _replace(self, request: Request, credential: str, keep: Stored | None) -> Steps[None]:
        salt = self.store.salt
        variants: Variants = yield from self._do(self.store.get, request.url)
        others = tuple(one for one in variants if not one.is_for(request, credential, salt))
        new = others if keep is None else (keep, *others[: _MOST_VARIANTS - 1])
        yield from self._do(self.store.put, request.url, new)

    def _change(self, request: Request) -> Flow:
        # Before, because it may be carried out though its answer is lost; and again after (section 4.4).
        yield from self._forget([request.url])
        response: Response = yield request
        if response.status < 400:
            yield from self._forget([request.url, *_named_by(request, response)])
        return response

    def _forget(self, urls: list[URL]) -> Steps[None]:
        self._last_change = object()
        for url in urls:
            yield from self._do(self.store.put, url, ())

    def _do(self, function: Callable[..., Any], *args: Any) -> Steps[Any]:
        if self.store.blocking:
            return (yield Run(function, *args))
        return function(*args)

    def _check_place(self, request: Request, response: Response, credential: str) -> None:
        sent = response.request
        if sent is not None and digest(sent.headers, self.credentials, self.store.salt) != credential:
            raise GlobusSDKUsageError(
                f"{request!r}: a layer below the cache put a credential on, so the cache can't tell who asks. "
                "Put it below the authorizer: client.stack.add(Cache())"
            )

    def _is_what_was_sent(self, request: Request, response: Response) -> bool:
        sent = response.request
        if sent is None:
            # The terminal does not tell. If no credential came from above, a layer below may have put one on.
            return any(name in request.headers for name in self.credentials)
        vary = [name.strip() for name in response.headers.get("Vary", "").split(",")]
        return sent.url == request.url and all(sent.headers.get(name) == request.headers.get(name) for name in vary)

    def __str__(self) -> str:
        return f"answers to GETs, kept {self.store}"


def _pass_on(request: Request) -> Flow:
    response: Response = yield request
    return response


def _named_by(request: Request, response: Response) -> list[URL]:
    """The URLs of the same origin that a change tells of."""
    named = []
    for name in ("Location", "Content-Location"):
        text = response.headers.get(name)
        if text is not None:
            try:
                url = request.url.resolve(text)
            except GlobusSDKUsageError:
                continue  # It names nothing that could be kept.
            if url.origin == request.url.origin:
                named.append(url)
    return named
