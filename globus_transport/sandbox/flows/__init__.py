"""The sandbox's Globus Flows."""
