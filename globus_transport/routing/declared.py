"""What every row of a route table is, whether one request or several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport.routing.plan import call_signature

if TYPE_CHECKING:
    import inspect


class Declared:
    """A call that a route table declares.

    :cvar kind: ``"route"``, ``"paged route"`` or ``"operation"``
    :ivar name: of the Python method
    :ivar method: the HTTP method
    :ivar path: relative to the service's address; ``{name}`` stands for a path argument
    :ivar function: the stub
    :ivar owner: name of the class that declares it
    """

    kind: ClassVar[str]
    name: str
    method: str
    path: str
    owner: str
    function: Callable[..., Any]

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner.__name__

    @property
    def signature(self) -> inspect.Signature:
        """What a call takes, without ``self``."""
        return call_signature(self.function)

    if not TYPE_CHECKING:

        @property
        def __signature__(self) -> inspect.Signature:
            return self.signature

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """``TransferClient.get_task(client, task_id)``, as a method can be called.

            A mock with a client for its spec goes by this signature, and brings no client.
            """
            if not args or not hasattr(args[0], "_bind"):
                raise TypeError(f"{self.owner}.{self.name}(client, ...): the first argument is a client")
            client, *rest = args
            return self.__get__(client, type(client))(*rest, **kwargs)

    def _bound_to(self, instance: Any) -> Any:
        return self if instance is None else instance._bind(self)

    def notes(self) -> list[str]:
        """What a printed table says about it."""
        return []
