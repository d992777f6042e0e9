"""For all tests: a property has no time limit for an example, because a busy machine is slow."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("without a time limit", deadline=None)
settings.load_profile("without a time limit")
