"""The sandbox's Globus Groups."""
