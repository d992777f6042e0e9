"""The demonstration: a transfer on a local Globus that succeeds in spite of injected faults."""
