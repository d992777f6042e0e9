"""Tests of programs that use these clients: answers from ``responses``, without a network (extra ``testing``).

One line puts the clients behind ``responses``, though they do not run on ``requests``::

    from globus_transport.testing import use_responses

    use_responses()

After it ``@responses.activate``, ``responses.add``, matchers, ``responses.calls`` and passthrough work as
they do with ``requests``. Ready-made replies for every route come with ``load_reply(TransferClient.get_task)``.
"""

from __future__ import annotations

try:
    from globus_transport.testing.error_factory import construct_error
    from globus_transport.testing.response_registry import (
        get_last_request,
        get_response_set,
        load_reply,
        load_response,
        load_response_set,
        register_response_set,
    )
    from globus_transport.testing.response_sets import RegisteredResponse, ResponseList, ResponseSet
    from globus_transport.testing.responses_bridge import use_responses
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package not in {"requests", "responses"}:
        raise
    raise ImportError(
        f'The testing part needs {package}, which is not installed: run pip install "globus_transport[testing]"',
        name=package,
    ) from error

__all__ = [
    "RegisteredResponse",
    "ResponseList",
    "ResponseSet",
    "construct_error",
    "get_last_request",
    "get_response_set",
    "load_reply",
    "load_response",
    "load_response_set",
    "register_response_set",
    "use_responses",
]
