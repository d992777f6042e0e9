"""A timer copies a file every six hours, until it lacks a consent."""

from globus_transport import (
    AccessTokenAuthorizer,
    RecurringTimerSchedule,
    TimersClient,
    TransferData,
    TransferTimer,
)
from globus_transport.sandbox import Sandbox

SIX_HOURS = 6 * 3600

with Sandbox() as globus:
    source, destination = globus.add_collection("Lab"), globus.add_collection("Archive")
    (source.folder / "data.txt").write_text("data")
    data = TransferData(source.id, destination.id)
    data.add_item("/data.txt", "/data.txt")
    schedule = RecurringTimerSchedule(SIX_HOURS)
    timer = TransferTimer(name="Copy", schedule=schedule, body=data)

    token = globus.issue_token(TimersClient.scopes.timer).access_token
    authorizer = AccessTokenAuthorizer(token)
    url = globus.url_of("timer")
    with TimersClient(authorizer=authorizer, base_url=url) as client:
        job_id = client.create_timer(timer)["timer"]["job_id"]
        globus.clock.advance(2 * SIX_HOURS)  # Three runs: now, in 6 and in 12 hours.
        for result in client.get_job(job_id)["results"]["data"]:
            print(result["status"], result["data"]["label"])

        globus.require_consent(source)
        globus.clock.advance(SIX_HOURS)
        job = client.get_job(job_id)
        print(job["status"], job["inactive_reason"]["detail"]["code"])
