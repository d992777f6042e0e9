"""The application of Globus Timers."""

from __future__ import annotations

from functools import partial

from flask import Flask

from globus_transport.sandbox.recorded_answers import add_recorded_answers
from globus_transport.sandbox.service_errors import install_error_handlers
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers.errors import TimersError
from globus_transport.sandbox.timers.job_routes import install_job_routes
from globus_transport.sandbox.timers.runs import start_run
from globus_transport.services.timers.client import TimersClient


def create_timers_app(state: State) -> Flask:
    """The WSGI application of the service. From now on, the timers of the state run."""
    app = Flask("globus_sandbox_timers", static_folder=None)
    install_error_handlers(app, TimersError)
    install_job_routes(app, state)
    add_recorded_answers(app, "timer", [TimersClient])
    state.timers.attach(partial(start_run, state), lambda: state.save())
    return app
