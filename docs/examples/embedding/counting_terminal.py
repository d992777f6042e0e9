"""A terminal that sends through another one, and counts the requests."""

from globus_transport import Request, Response
from globus_transport.terminals import Urllib3Terminal


class CountingTerminal:
    """Counts the requests to another terminal.

    :param inner: sends them
    :ivar sent: how many there were
    """

    def __init__(self, inner: Urllib3Terminal) -> None:
        self.inner = inner
        self.sent = 0

    def __call__(self, request: Request) -> Response:
        self.sent += 1
        return self.inner(request)

    def close(self) -> None:
        self.inner.close()
