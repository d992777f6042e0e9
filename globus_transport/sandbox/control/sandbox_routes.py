"""Routes of the control API for the sandbox as a whole: addresses, settings, clock, state, requests."""

from __future__ import annotations

from typing import Any

import attrs
from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.http.headers import SECRET_NAMES
from globus_transport.http.secrets import HIDDEN, is_secret_parameter
from globus_transport.sandbox.control.bodies import ControlError, read_body, require
from globus_transport.sandbox.local_globus import LocalGlobus
from globus_transport.sandbox.request_log import Received
from globus_transport.sandbox.services import SERVICES
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import State

_NUMBER = (int, float)
_SETTINGS: dict[str, Any] = {
    "access_token_lifetime": _NUMBER,
    "rotate_refresh_tokens": bool,
    "token_delay": _NUMBER,
    "task_delay": _NUMBER,
    "auto_approve": bool,
}


def install_sandbox_routes(app: Flask, sandbox: LocalGlobus, prefix: str) -> None:
    """Add the routes to an application."""
    state = sandbox._state

    @app.get(f"{prefix}/info")
    def get_info() -> ResponseReturnValue:
        """The addresses of the services, environment variables for clients, and the sandbox's own clients and user."""
        return describe(sandbox, request.host_url)

    @app.post(f"{prefix}/reset")
    def reset() -> ResponseReturnValue:
        """Bring back the state in which the sandbox started."""
        read_body()
        sandbox.reset()
        return describe(sandbox, request.host_url)

    @app.get(f"{prefix}/state")
    def get_state() -> ResponseReturnValue:
        """The whole state as a document, with its secrets."""
        return snapshot(state)

    @app.put(f"{prefix}/state")
    def put_state() -> ResponseReturnValue:
        """Replace the state by a document that GET returned, of this sandbox or another one."""
        document = read_body(**dict.fromkeys(snapshot(state), object))
        trial = State(state.settings, None)
        try:
            # A document that is wrong in the middle must not change the sandbox.
            restore(trial, document)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise ControlError(400, f"no state of a sandbox of this version: {reason}") from error
        finally:
            trial.close()
        state.forget()
        restore(state, document)
        sandbox._read_user_and_clients()
        state.save()
        return describe(sandbox, request.host_url)

    @app.get(f"{prefix}/settings")
    def get_settings() -> ResponseReturnValue:
        """The settings that may be changed while the sandbox runs."""
        return {name: getattr(sandbox, name) for name in _SETTINGS}

    @app.patch(f"{prefix}/settings")
    def change_settings() -> ResponseReturnValue:
        """Change some of the settings."""
        given = read_body(**_SETTINGS)
        # Raises ValueError before the first setting is changed.
        attrs.evolve(state.settings, **given)
        for name, value in given.items():
            setattr(sandbox, name, value)
        return get_settings()

    @app.get(f"{prefix}/clock")
    def get_clock() -> ResponseReturnValue:
        """The sandbox's time, in seconds since the epoch."""
        return {"now": sandbox.clock.now()}

    @app.post(f"{prefix}/clock/advance")
    def advance_clock() -> ResponseReturnValue:
        """Move the clock forward by ``seconds``."""
        sandbox.clock.advance(require(read_body(seconds=_NUMBER), "seconds"))
        return get_clock()

    @app.get(f"{prefix}/requests")
    def get_requests() -> ResponseReturnValue:
        """The received requests, in order; ``method``, ``path`` (a pattern) or ``service`` in the query select some."""
        found = sandbox.requests.select(**{name: request.args.get(name) for name in ("method", "path", "service")})
        return {"requests": [request_document(received) for received in found]}

    @app.delete(f"{prefix}/requests")
    def clear_requests() -> ResponseReturnValue:
        """Forget the received requests."""
        sandbox.requests.clear()
        return {"requests": []}

    @app.get(f"{prefix}/grants")
    def get_grants() -> ResponseReturnValue:
        """The number of token grants, by grant type."""
        return dict(sandbox.grants)


def describe(sandbox: LocalGlobus, control_url: str) -> dict[str, Any]:
    """What a program needs to know to use the sandbox.

    :param control_url: of the control API
    """
    return {
        "services": {name: sandbox.url_of(name) for name in SERVICES},
        "control": control_url,
        "environ": sandbox.environ,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "native_client_id": sandbox.native_client_id,
        "user": sandbox.user.document(),
        "collections": [collection_document(collection) for collection in sandbox.collections],
    }


def collection_document(collection: Any) -> dict[str, Any]:
    """A collection, as the control API shows it."""
    return {
        "id": collection.id,
        "display_name": collection.display_name,
        "folder": str(collection.folder),
        "owner_id": collection.owner_id,
        "entity_type": collection.entity_type,
    }


def request_document(received: Received) -> dict[str, Any]:
    """A request, as the control API shows it. Of headers and parameters that are secrets only the name is shown."""
    headers = received.headers.items()
    return {
        "number": received.number,
        "service": received.service,
        "method": received.method,
        "path": received.path,
        "query": {name: [HIDDEN] if is_secret_parameter(name) else values for name, values in received.query.items()},
        "headers": {name: HIDDEN if name.lower() in SECRET_NAMES else value for name, value in headers},
        "time": received.time,
        "status": received.status,
    }
