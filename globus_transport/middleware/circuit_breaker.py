"""Stops asking a server that keeps failing, and tries it again with one request after a while.

The pattern is from M. Nygard, "Release It!" (2007).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from globus_transport.core.flow import Flow
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, NetworkError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.origins import ByOrigin


class CircuitOpenError(NetworkError):
    """Nothing was sent: the server failed too often just now. The retry layer does not repeat it."""

    final = True

    def __init__(self, msg: str, exc: BaseException | None = None, *, request_began: bool = False) -> None:
        super().__init__(msg, exc, request_began=request_began)


class _Circuit:
    """:ivar failures: in a row; ``opened_at``: when it was opened, else ``None``; ``probing``: one is trying it"""

    __slots__ = ("failures", "opened_at", "probing")

    def __init__(self) -> None:
        self.failures = 0
        self.opened_at: float | None = None
        self.probing = False


def _server_failed(response: Response) -> bool:
    return response.status >= 500


class CircuitBreaker(PerProcess):
    """A circuit for each origin: closed, open, or half open.

    Network errors and statuses from 500 are failures. After ``failures`` of them in a row the circuit opens: requests
    end at once with :exc:`CircuitOpenError`. After ``recovery`` seconds one request is let through; if it succeeds
    the circuit closes, else it stays open as long again. Stands below the retry layer, so that attempts count::

        client = client.with_stack(client.stack.add(CircuitBreaker(), after="retry"))

    :param failures: in a row, that open the circuit
    :param recovery: seconds that it stays open
    :param is_failure: which responses are failures
    :param clock: says what time it is, in seconds, and never goes back
    :raises GlobusSDKUsageError: if a number is not above 0
    """

    _process_state = ("_circuits",)

    def __init__(
        self,
        failures: int = 5,
        recovery: float = 30.0,
        *,
        is_failure: Callable[[Response], bool] = _server_failed,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for name, number in (("failures", failures), ("recovery", recovery)):
            if not number > 0:
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
        # A look without the lock: a circuit that is closed costs nothing.
        probing = circuit.opened_at is not None and self._probe(circuit, request.url.origin)
        failed: bool | None = None
        try:
            response: Response = yield request
            failed = self.is_failure(response)
            return response
        except NetworkError as error:
            # A final one is about something else: a token grant, a place in line that did not come.
            failed = None if error.final else True
            raise
        finally:
            if failed or probing or circuit.failures:
                self._note(circuit, failed, probing)

    def _probe(self, circuit: _Circuit, origin: str) -> bool:
        with self._circuits.lock:
            if circuit.opened_at is None:
                return False
            left = circuit.opened_at + self.recovery - self.clock()
            if left > 0 or circuit.probing:
                again = f"in {left:.1f} s" if left > 0 else "by another request just now"
                raise CircuitOpenError(f"{origin} failed {circuit.failures} times in a row; it is tried again {again}")
            circuit.probing = True
            return True

    def _note(self, circuit: _Circuit, failed: bool | None, probing: bool) -> None:
        with self._circuits.lock:
            if probing:
                circuit.probing = False
            if failed is None:
                # Abandoned, or ended by something that says nothing about the server: the next one probes.
                return
            if circuit.opened_at is not None and not probing:
                # Sent before the circuit opened: what the server was then is known.
                return
            if not failed:
                circuit.failures, circuit.opened_at = 0, None
                return
            circuit.failures += 1
            if probing or circuit.failures >= self.failures:
                circuit.opened_at = self.clock()

    def __str__(self) -> str:
        return f"opens for {self.recovery:g} s after {self.failures} failures in a row, for each origin"
