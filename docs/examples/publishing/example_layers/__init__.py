"""Layers for stacks of globus_transport."""

from example_layers.digest import Digest
from example_layers.quota import Quota
from example_layers.retries import Retries
from example_layers.sigv4 import SigV4

__all__ = ["Digest", "Quota", "Retries", "SigV4"]
