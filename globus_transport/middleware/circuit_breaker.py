"""Stops sending requests to a server that keeps failing, and tries it again with one request after a while.

The pattern is from M. Nygard, "Release It!" (2007).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from globus_transport.core.flow import Flow
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
)
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.middleware.origins import ByOrigin


class CircuitOpenError(NetworkError):
    """No request was sent, because the server failed too often. The retry layer does not repeat it.

    :param msg: what went wrong
    :param exc: the underlying exception; ``None`` if there is none
    """

    final = True

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = False) -> None:
        super().__init__(msg, exc, request_began=request_began)


class _Circuit:
    """The state of one origin.

    :ivar failures: number of failures in a row
    :ivar opened_at: when the circuit was opened, on the layer's clock; ``None`` while it is closed
    :ivar probing: whether a request is under way that tries the server again
    """

    __slots__ = ("failures", "opened_at", "probing")

    def __init__(self) -> None:
        self.failures = 0
        self.opened_at: float | None = None
        self.probing = False


def _is_server_error(response: Response) -> bool:
    if response.status == 504 and response.request is not None and response.request.only_if_cached:
        # A cache says that it has no answer.
        return False
    return response.status >= 500


def _is_of_server(error: NetworkError) -> bool:
    """Whether the server, or the way to it, failed: not a token grant, nor a wait before anything was sent."""
    waited = isinstance(error, GlobusTimeoutError) and not isinstance(error, GlobusConnectionTimeoutError)
    return not error.final and (error.request_began or not waited)


class CircuitBreaker(PerProcess):
    """A circuit for each origin: closed, open, or half open.

    Network errors and statuses of 500 and above are failures. After ``failures`` of them in a row the circuit opens:
    requests fail at once with :exc:`CircuitOpenError`. After ``recovery`` seconds one request is sent. If it succeeds,
    the circuit closes; if it fails, the circuit stays open for the same time again. Place it below the retry layer, so
    that each attempt counts::

        client = client.with_stack(client.stack.add(CircuitBreaker(), after="retry"))

    :param failures: number of failures in a row that open the circuit
    :param recovery: seconds for which the circuit stays open
    :param is_failure: whether a response is a failure
    :param clock: returns the time in seconds; it must be monotonic
    :raises GlobusSDKUsageError: if a number is not above 0
    """

    _process_state = ("_circuits",)

    def __init__(
        self,
        failures: int = 5,
        recovery: float = 30.0,
        *,
        is_failure: Callable[[Response], bool] = _is_server_error,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for name, number in (("failures", failures), ("recovery", recovery)):
            if not is_number(number, above=0):
                raise GlobusSDKUsageError(f"CircuitBreaker({name}={number!r}): give a number above 0")
        self.failures = failures
        self.recovery = recovery
        self.is_failure = is_failure
        self.clock = clock
        self._enter_process()

    def _make_process_state(self) -> None:
        self._circuits = ByOrigin(_Circuit)

    def __call__(self, request: Request) -> Flow:
        """:raises CircuitOpenError: if the circuit is open"""
        circuit = self._circuits.get(request.url.origin)
        # Read without the lock, so that requests do not wait for each other while the circuit is closed.
        probing = circuit.opened_at is not None and self._begin_probe(circuit, request.url.origin)
        failed: bool | None = None
        try:
            response: Response = yield request
            failed = self.is_failure(response)
            return response
        except NetworkError as error:
            failed = True if _is_of_server(error) else None
            raise
        finally:
            if failed or probing or circuit.failures:
                self._record(circuit, failed, probing)

    def _begin_probe(self, circuit: _Circuit, origin: str) -> bool:
        with self._circuits.lock:
            if circuit.opened_at is None:
                return False
            seconds_left = circuit.opened_at + self.recovery - self.clock()
            if seconds_left > 0 or circuit.probing:
                when = f"in {seconds_left:.1f} s" if seconds_left > 0 else "by another request just now"
                raise CircuitOpenError(f"{origin} failed {circuit.failures} times in a row; it is tried again {when}")
            circuit.probing = True
            return True

    def _record(self, circuit: _Circuit, failed: bool | None, probing: bool) -> None:
        with self._circuits.lock:
            if probing:
                circuit.probing = False
            if failed is None:
                # The request was cancelled, or ended by an error that says nothing about the server.
                return
            if circuit.opened_at is not None and not probing:
                # The request was sent before the circuit opened, so its outcome is older than that of the probe.
                return
            if not failed:
                circuit.failures, circuit.opened_at = 0, None
                return
            circuit.failures += 1
            if probing or circuit.failures >= self.failures:
                circuit.opened_at = self.clock()

    def __str__(self) -> str:
        return f"opens for {self.recovery:g} s after {self.failures} failures in a row, for each origin"
