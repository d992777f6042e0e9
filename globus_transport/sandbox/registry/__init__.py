"""What developers register with Auth: projects, clients, credentials, scopes and policies; and consents."""
