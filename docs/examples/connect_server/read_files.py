"""Read files of collections by their HTTPS URLs."""

from globus_transport import GlobusApp
from globus_transport.services.gcs import GCSDownloader


def read_lines(app: GlobusApp, *urls: str) -> list[str]:
    """Read text files, which may be on different collections."""
    with GCSDownloader(app) as downloader:
        return [line for url in urls for line in downloader.read_file(url).splitlines()]
