"""Scopes: the names of what a token allows."""
