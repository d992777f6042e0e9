"""Tokens: what they are, and how exactly one party renews them."""
