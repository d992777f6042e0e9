"""A client of S3 whose requests pass a stack."""

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.httpsession import URLLib3Session

from globus_transport import Stack, Urllib3Terminal
from globus_transport.embed.urllib3 import StackPool


class StackSession(URLLib3Session):
    """Sends what botocore has signed through a stack."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self._manager = StackPool(stack)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return self.send(request)


stack = Stack(Urllib3Terminal())
config = Config(retries={"total_max_attempts": 1})
session = botocore.session.get_session()
s3 = session.create_client("s3", "us-east-1", config=config)
s3.meta.events.register("before-send.s3", StackSession(stack).answer)
