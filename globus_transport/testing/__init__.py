"""For tests of programs that use these clients: replies from ``responses``, without a network (extra ``testing``).

One line makes ``responses`` answer the clients, although they do not run on ``requests``::

    from globus_transport.testing import use_responses

    use_responses()

After that ``@responses.activate``, ``responses.add``, matchers, ``responses.calls`` and passthrough work as they do
with ``requests``. ``load_reply(TransferClient.get_task)`` registers a ready-made reply; there is one for every route.

For tests of a terminal see :mod:`globus_transport.testing.terminal_contract`.
"""

from __future__ import annotations

from globus_transport.public_names import explain_missing

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
    raise explain_missing("globus_transport.testing", error, "testing") from error

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
