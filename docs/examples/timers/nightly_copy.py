"""Copy new files of a folder every night."""

import datetime

from globus_transport import (
    RecurringTimerSchedule,
    TimersClient,
    TransferData,
    TransferTimer,
)


def make_nightly_copy(client: TimersClient, source: str, destination: str) -> str:
    """Create a timer that copies the results of the day at two in the morning, for a
    month.

    :return: the id of the timer
    """
    transfer = TransferData(
        source, destination, label="Nightly copy", sync_level="checksum"
    )
    transfer.add_item("/results/", "/archive/", recursive=True)

    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    schedule = RecurringTimerSchedule(
        interval_seconds=24 * 60 * 60,
        start=datetime.datetime.combine(tomorrow, datetime.time(2)),
        end={"condition": "iterations", "iterations": 30},
    )
    timer = TransferTimer(name="Nightly copy", schedule=schedule, body=transfer)
    return str(client.create_timer(timer)["timer"]["job_id"])
