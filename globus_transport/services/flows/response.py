"""Replies of Globus Flows: lists. Iterating over a reply yields the documents of its list."""

from __future__ import annotations

from globus_transport.routing.replies import IterableResponse


class IterableFlowsResponse(IterableResponse):
    """A list of flows. Each has an ``id``, a ``title``, its ``definition`` and its ``input_schema``."""

    default_iter_key = "flows"


class IterableRunsResponse(IterableResponse):
    """A list of runs. Each has a ``run_id``, ``flow_id``, ``label``, ``status`` and ``start_time``."""

    default_iter_key = "runs"


class IterableRunLogsResponse(IterableResponse):
    """The log of a run. Each entry has a ``time``, ``code``, ``description`` and ``details``."""

    default_iter_key = "entries"


class IterableRegisteredAPIsResponse(IterableResponse):
    """A list of registered APIs. Each has an ``id``, a ``name`` and a ``description``."""

    default_iter_key = "registered_apis"


class IterableWebInputsResponse(IterableResponse):
    """A list of web inputs. Each has an ``id``, ``status``, ``title``, ``flow`` and ``run``."""

    default_iter_key = "web_input_summaries"
