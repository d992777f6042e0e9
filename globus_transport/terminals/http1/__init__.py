"""HTTP/1 without I/O."""
