"""A client whose log tells what happened to each call."""

import logging

from globus_transport import AccessTokenAuthorizer, Events, TransferClient
from globus_transport.core.events import Ended, Event, Waiting

TRANSFER_ACCESS_TOKEN = "..."

log = logging.getLogger("my_app.transfer")


def tell(event: Event) -> None:
    if isinstance(event, Waiting):
        log.warning("%s", event)
    elif isinstance(event, Ended):
        log.info("%s", event)


plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
client = plain.with_stack(plain.stack.add(Events(tell), before="errors"))
