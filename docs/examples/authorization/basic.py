"""An application's own id and secret."""

from globus_transport import ConfidentialAppAuthClient

CLIENT_ID = "..."
CLIENT_SECRET = "..."

auth_client = ConfidentialAppAuthClient(CLIENT_ID, CLIENT_SECRET)
