"""A client that writes one line of JSON for each call."""

import json
import logging

from globus_transport import AccessTokenAuthorizer, StructuredLogging, TransferClient
from globus_transport.middleware.structured_logging import ANSWERED, FAILED

TRANSFER_ACCESS_TOKEN = "..."


class JSONFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"level": record.levelname, "message": record.getMessage()}
        fields = {
            name: value
            for name, value in vars(record).items()
            if name == "event" or name.startswith("http_")
        }
        return json.dumps(line | fields)


handler = logging.StreamHandler()
handler.setFormatter(JSONFormatter())
log = logging.getLogger("my_app.http")
log.addHandler(handler)
log.setLevel(logging.INFO)

calls = StructuredLogging(log, levels={ANSWERED: logging.INFO, FAILED: logging.ERROR})
plain = TransferClient(authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN))
client = plain.with_stack(plain.stack.add(calls, before="errors"))
client.task_list(limit=5)
