"""The demonstration: a transfer on a local Globus that survives whatever happens to it."""
