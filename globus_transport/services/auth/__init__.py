"""Globus Auth: OAuth2 (RFC 6749), OpenID Connect, and identities. Reference: docs.globus.org/api/auth."""
