"""Write a file of a collection by HTTPS, and read a large one in pieces."""

from collections.abc import Iterator

from globus_transport.services.gcs import GCSCollectionClient


def put_notes(client: GCSCollectionClient, text: str) -> None:
    """Write a file."""
    client.put("/notes.txt", data=text)


def read_pieces(client: GCSCollectionClient, path: str) -> Iterator[bytes]:
    """Read a file without holding it in memory."""
    with client.request("GET", path, stream=True) as reply:
        yield from reply.iter_bytes()
