"""Resume timers that became inactive because they need a consent or a login."""

from globus_transport import GlobusApp, TimersClient
from globus_transport.gare import to_gare


def resume_inactive(app: GlobusApp, client: TimersClient) -> list[str]:
    """Let the user satisfy what inactive timers require, and resume these timers.

    Timers that the user has paused stay so.

    :return: the names of the timers that run again
    """
    resumed = []
    for job in client.list_jobs():
        reason = job["inactive_reason"] or {}
        requirement = to_gare(reason.get("detail") or {})
        if requirement is not None:
            app.login(auth_params=requirement.authorization_parameters)
            client.resume_job(job["job_id"], update_credentials=True)
            resumed.append(job["name"])
    return resumed
