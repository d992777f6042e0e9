"""A client whose bodies are compressed, against a service that takes none of that."""

from __future__ import annotations

from globus_transport import CompressBodies, TransferClient, TransferData
from globus_transport.sandbox import Sandbox


def test_the_service_refuses_once_and_is_asked_no_more(globus: Sandbox, client: TransferClient) -> None:
    source, destination = globus.add_collection("Source"), globus.add_collection("Destination")
    client = client.with_stack(client.stack.add(CompressBodies(minimum=100)))
    (source.folder / "a.txt").write_text("a")
    for _ in range(2):
        data = TransferData(source.id, destination.id, submission_id=client.get_submission_id()["value"])
        data.add_item("/a.txt", "/b.txt")
        assert client.submit_transfer(data)["code"] == "Accepted"
    posts = [(one.status, one.headers.get("Content-Encoding")) for one in globus.requests if one.method == "POST"]
    assert [one for one in posts if one[0] in (202, 415)] == [(415, "gzip"), (202, None), (202, None)]
