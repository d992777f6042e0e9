"""Globus Timers: transfers and flows that run at a time or in intervals. Reference: docs.globus.org/api/timers."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.timers.async_client": ("AsyncTimersClient",),
    "services.timers.client": ("TimersClient",),
    "services.timers.data": (
        "FlowTimer",
        "OnceTimerSchedule",
        "RecurringTimerSchedule",
        "TimerJob",
        "TransferTimer",
    ),
    "services.timers.errors": ("TimersAPIError",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
