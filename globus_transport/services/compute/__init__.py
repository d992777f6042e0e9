"""Globus Compute: functions that run as tasks on endpoints. Reference: compute.api.globus.org/redoc.

The service has two versions of its API, and each has its clients. Version 3 replaces some calls of version 2, and has
no counterpart of the others yet: most programs use both.
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.compute.async_client": ("AsyncComputeClientV2", "AsyncComputeClientV3"),
    "services.compute.client": ("ComputeClientV2", "ComputeClientV3"),
    "services.compute.errors": ("ComputeAPIError",),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
