"""Routes of the control API for faults."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.control.bodies import ControlError, read_body
from globus_transport.sandbox.faults import Fault
from globus_transport.sandbox.local_globus import LocalGlobus

_NUMBER = (int, float)
#: The parameters of ``Faults.add`` and their types in JSON.
_PARAMETERS: dict[str, Any] = {
    "status": int,
    "headers": dict,
    "body": (str, dict),
    "method": str,
    "path": str,
    "service": str,
    "route": str,
    "times": (int, type(None)),
    "probability": _NUMBER,
    "seed": int,
    "when": str,
    "drop": bool,
    "delay": _NUMBER,
    "retry_date": _NUMBER,
    "body_delay": _NUMBER,
    "cut_body": int,
    "content_type": str,
}
_SHOWN = ("status", "method", "path", "service", "times", "when", "drop", "delay", "probability", "met")


def install_fault_routes(app: Flask, sandbox: LocalGlobus, prefix: str) -> None:
    """Add the routes to an application."""

    @app.get(f"{prefix}/faults")
    def get_faults() -> ResponseReturnValue:
        """The faults, and how many requests met each."""
        return {"faults": [_document(fault) for fault in sandbox.faults]}

    @app.post(f"{prefix}/faults")
    def add_fault() -> ResponseReturnValue:
        """Add a fault, with the parameters of ``Sandbox.faults.add``."""
        given = read_body(**_PARAMETERS)
        if given.get("when", "before") not in ("before", "after"):
            raise ControlError(400, f"when={given['when']!r}: give 'before' or 'after'")
        if not all(isinstance(value, str) for value in given.get("headers", {}).values()):
            raise ControlError(400, "headers have to be texts")
        return _document(sandbox.faults.add(**given)), 201

    @app.delete(f"{prefix}/faults")
    def clear_faults() -> ResponseReturnValue:
        """Remove all faults."""
        sandbox.faults.clear()
        return {"faults": []}

    @app.get(f"{prefix}/verify")
    def verify() -> ResponseReturnValue:
        """Answers 409 if a fault was not met; ``pending`` lists those."""
        try:
            sandbox.verify()
        except AssertionError as error:
            return {"error": str(error), "pending": [_document(fault) for fault in sandbox.faults.pending()]}, 409
        return {"pending": []}


def _document(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in _SHOWN}
