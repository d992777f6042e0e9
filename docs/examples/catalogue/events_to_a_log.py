"""A client that logs the pauses and the end of each call."""

import logging

from globus_transport import AccessTokenAuthorizer, Events, TransferClient
from globus_transport.core import Ended, Event, Waiting

TRANSFER_ACCESS_TOKEN = "..."

log = logging.getLogger("my_app.transfer")


def log_event(event: Event) -> None:
    if isinstance(event, Waiting):
        log.warning("%s", event)
    elif isinstance(event, Ended):
        log.info("%s", event)


plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
client = plain.with_stack(plain.stack.add(Events(log_event), before="errors"))
