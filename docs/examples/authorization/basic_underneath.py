"""The same credential, put on by hand."""

from globus_transport import AuthClient, BasicAuthorizer

CLIENT_ID = "..."
CLIENT_SECRET = "..."

auth_client = AuthClient(authorizer=BasicAuthorizer(CLIENT_ID, CLIENT_SECRET))
