"""Upload a file to a collection. It is read in pieces: it may be larger than memory."""

from globus_transport import AccessTokenAuthorizer, StreamBody
from globus_transport.services.gcs import GCSCollectionClient

COLLECTION_ID = "..."
ADDRESS = "..."
HTTPS_TOKEN = "..."
FILE = "..."
PATH = "..."

authorizer = AccessTokenAuthorizer(HTTPS_TOKEN)
with GCSCollectionClient(COLLECTION_ID, ADDRESS, authorizer=authorizer) as client:
    client.put(PATH, data=StreamBody.file(FILE))
