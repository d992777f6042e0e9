"""Globus Transfer: collections, files on them, and tasks. Reference: docs.globus.org/api/transfer."""
