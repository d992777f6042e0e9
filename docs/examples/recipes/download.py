"""Download a file of a collection. A download that broke continues where it ended."""

from pathlib import Path

from globus_transport import AccessTokenAuthorizer, GlobusAPIError, NetworkError
from globus_transport.services.gcs import GCSCollectionClient

COLLECTION_ID = "..."
ADDRESS = "..."
HTTPS_TOKEN = "..."
PATH = "..."
TARGET = "..."


def download(client: GCSCollectionClient, path: str, target: Path) -> None:
    """Download one file, beginning with the part that an earlier try left.

    :raises NetworkError: if the connection breaks; call it again to continue
    """
    part, version = Path(f"{target}.part"), Path(f"{target}.etag")
    headers = {"Accept-Encoding": "identity"}
    if part.exists() and version.exists():
        # If the file has changed meanwhile, the server sends all of it.
        headers["Range"] = f"bytes={part.stat().st_size}-"
        headers["If-Range"] = version.read_text()
    try:
        reply = client.request("GET", path, headers=headers, stream=True)
    except GlobusAPIError as error:
        if error.http_status != 416:
            raise
        # The part is complete already, or longer than the file is now.
        if error.headers.get("Content-Range") == f"bytes */{part.stat().st_size}":
            part.replace(target)
        else:
            part.unlink()
            download(client, path, target)
        version.unlink(missing_ok=True)
        return
    with reply:
        is_rest = reply.http_status == 206
        with part.open("ab" if is_rest else "wb") as file:
            if "ETag" in reply.headers:
                version.write_text(reply.headers["ETag"])
            size = file.tell() + int(reply.headers["Content-Length"])
            for chunk in reply.iter_bytes():
                file.write(chunk)
                print(f"\r{file.tell() / size:4.0%}", end="", flush=True)
    part.replace(target)
    version.unlink(missing_ok=True)


authorizer = AccessTokenAuthorizer(HTTPS_TOKEN)
with GCSCollectionClient(COLLECTION_ID, ADDRESS, authorizer=authorizer) as client:
    for tries_left in (4, 3, 2, 1, 0):
        try:
            download(client, PATH, Path(TARGET))
            break
        except NetworkError as error:
            if not tries_left:
                raise
            print(f"\n{error}")
