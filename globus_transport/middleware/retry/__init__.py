"""Repeats requests when that is safe and may help: the layer, its settings, and its conditions for tenacity."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "middleware.retry.config": ("RetryBudget", "RetryConfig"),
    "middleware.retry.retry": ("Retry",),
}
# Loaded when it is first used, which most programs never do.
_SUBMODULES = ("checks",)

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, _SUBMODULES)
