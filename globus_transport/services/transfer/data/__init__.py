"""The documents that are submitted to Globus Transfer."""
