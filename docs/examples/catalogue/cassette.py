"""A test that calls the service the first time, and replays the recording from then
on."""

from globus_transport import AccessTokenAuthorizer, Cassette, TransferClient

CASSETTE = "..."
TRANSFER_ACCESS_TOKEN = "..."


def failed_tasks(client: TransferClient) -> list[str]:
    return [task["task_id"] for task in client.task_list(filter="status:FAILED")]


def test_nothing_failed() -> None:
    with TransferClient(
        authorizer=AccessTokenAuthorizer(TRANSFER_ACCESS_TOKEN)
    ) as plain:
        client = plain.with_stack(plain.stack.add(Cassette(CASSETTE)))
        assert failed_tasks(client) == []


test_nothing_failed()
