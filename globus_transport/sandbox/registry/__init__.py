"""Auth's registry for developers: projects, clients, credentials, scopes and policies; and consents."""
