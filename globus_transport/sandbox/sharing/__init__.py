"""Sharing of collections: guest collections, access rules and roles."""
