"""Applications: they log in, keep the tokens, renew them, and give every client its authorizer."""
