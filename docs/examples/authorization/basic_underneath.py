"""The same credential as an authorizer."""

from globus_transport import AuthClient, BasicAuthorizer

CLIENT_ID = "..."
CLIENT_SECRET = "..."

auth_client = AuthClient(authorizer=BasicAuthorizer(CLIENT_ID, CLIENT_SECRET))
