"""A terminal that sends through another one, and counts."""

from globus_transport import Request, Response
from globus_transport.terminals.urllib3 import Urllib3Terminal


class CountingTerminal:
    """:ivar sent: requests so far"""

    def __init__(self, below: Urllib3Terminal) -> None:
        self.below = below
        self.sent = 0

    def __call__(self, request: Request) -> Response:
        self.sent += 1
        return self.below(request)

    def close(self) -> None:
        self.below.close()
