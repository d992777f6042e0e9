"""The sandbox's Globus Search."""
