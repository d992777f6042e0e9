"""The documents that are submitted to Globus Transfer: transfers, deletes and tunnels.

``field_checks`` checks their paths and deadlines.
"""
