"""The clients of one collection, under the name that globus-sdk has for this part."""

from globus_transport.services.gcs.collection_client import AsyncGCSCollectionClient, GCSCollectionClient

__all__ = ["AsyncGCSCollectionClient", "GCSCollectionClient"]
