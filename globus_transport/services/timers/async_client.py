"""The client of Globus Timers for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.services.timers.client import TimersClientBase


class AsyncTimersClient(TimersClientBase[AsyncSend], AsyncBaseClient):
    """Creates and manages timers, which start transfers and flows at a time or in intervals."""
