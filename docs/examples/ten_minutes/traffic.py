"""A middleware that counts what each route receives."""

import threading
from collections import Counter

from globus_transport import Flow, Request, send


class Traffic:
    """Count calls and received bytes by route."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Flow:
        response = yield from send(request)
        name = request.route or request.url.origin
        with self._lock:
            self.calls[name] += 1
            self.received[name] += len(response.body)
        return response

    def __str__(self) -> str:
        return f"{self.calls.total()} calls, {self.received.total()} bytes so far"
