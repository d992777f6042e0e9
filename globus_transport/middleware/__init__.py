"""The layers, one file each. Each is a small class whose ``__call__`` is a flow."""
