"""The client for threads."""

from __future__ import annotations

from typing import Self

from globus_transport.core.flow import Send
from globus_transport.core.layers import Layer
from globus_transport.core.stack import Stack
from globus_transport.routing.bound import BlockingCalls, Paginated
from globus_transport.routing.client_base import ClientBase
from globus_transport.transport import Transport


class BaseClient(BlockingCalls, ClientBase[Send]):
    """A client of a service: a route table on a stack. May be shared by threads.

    Its parameters are those of :class:`~globus_transport.routing.client_base.ClientBase`.
    """

    stack: Stack

    def _new_stack(self, settings: Transport, terminal: Send | None, layers: list[Layer]) -> Stack:
        return Stack(settings.make_terminal() if terminal is None else terminal, layers)

    @property
    def paginated(self) -> Paginated:
        """The lists of the service, as paginators; none if no route has pages."""
        return Paginated(self)

    def close(self) -> None:
        """Close the layers, and the client's connections if they are its own. A later call opens new connections."""
        if self._owns_terminal:
            self.stack.close()
        else:
            self.stack.close_layers()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
