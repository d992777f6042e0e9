"""Several processes share one login. The tokens are in a file; one process renews."""

import os
from concurrent.futures import ProcessPoolExecutor

from globus_transport import ClientApp, TransferClient

CLIENT_ID = os.environ["GLOBUS_CLIENT_ID"]
CLIENT_SECRET = os.environ["GLOBUS_CLIENT_SECRET"]
COLLECTION = os.environ["COLLECTION"]


def size_of(folder: str) -> int:
    """The bytes of all files that are directly in a folder."""
    with (
        ClientApp("sizes", client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as app,
        TransferClient(app=app) as client,
    ):
        return sum(entry["size"] for entry in client.operation_ls(COLLECTION, folder))


if __name__ == "__main__":
    folders = ["/run-1/", "/run-2/", "/run-3/", "/run-4/"]
    with ProcessPoolExecutor(max_workers=4) as pool:
        for folder, size in zip(folders, pool.map(size_of, folders), strict=True):
            print(folder, size)
