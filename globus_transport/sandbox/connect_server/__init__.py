"""The sandbox's Globus Connect Server."""
