"""Reading files of collections by their URLs, under the name that globus-sdk has for this part."""

from globus_transport.services.gcs.downloader import AsyncGCSDownloader, GCSDownloader, UnknownCollectionError

__all__ = ["AsyncGCSDownloader", "GCSDownloader", "UnknownCollectionError"]
