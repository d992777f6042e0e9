"""The sandbox's Globus Compute: recorded answers only."""
