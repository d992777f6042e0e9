"""What type checkers see of the package: the names that ``__init__.py`` loads."""

from globus_transport.services.timers.async_client import AsyncTimersClient as AsyncTimersClient
from globus_transport.services.timers.client import TimersClient as TimersClient
from globus_transport.services.timers.data import FlowTimer as FlowTimer
from globus_transport.services.timers.data import OnceTimerSchedule as OnceTimerSchedule
from globus_transport.services.timers.data import RecurringTimerSchedule as RecurringTimerSchedule
from globus_transport.services.timers.data import TimerJob as TimerJob
from globus_transport.services.timers.data import TransferTimer as TransferTimer
from globus_transport.services.timers.errors import TimersAPIError as TimersAPIError
