"""Authorizers: middleware that put a credential on, and renew it when it is refused."""
