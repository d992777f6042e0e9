"""Many calls through a faulty server, and what was lost, doubled, mixed up or leaked: ``python -m benchmarks soak``."""
