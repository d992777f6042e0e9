"""What calls cost, beside urllib3, requests, httpx and globus-sdk: ``python -m benchmarks``."""
