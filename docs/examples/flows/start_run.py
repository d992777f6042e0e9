"""Start a run of a flow, wait until it ends, and print its log."""

import time
from typing import Any

from globus_transport import (
    AccessTokenAuthorizer,
    FlowsAPIError,
    FlowsClient,
    SpecificFlowClient,
)
from globus_transport.services.flows import RunActivityNotificationPolicy

FLOW_ID = "..."
#: For the scope of the flow.
FLOW_ACCESS_TOKEN = "..."
#: For the scopes of the service.
FLOWS_ACCESS_TOKEN = "..."


def start(client: SpecificFlowClient, run_input: dict[str, Any]) -> str:
    """Start a run.

    :return: its id
    """
    run = client.run_flow(
        run_input,
        label="Images of March",
        tags=["march"],
        activity_notification_policy=RunActivityNotificationPolicy(
            ["INACTIVE", "FAILED"]
        ),
    )
    return str(run["run_id"])


def wait_for_the_end(client: FlowsClient, run_id: str) -> str:
    """Wait for a run. While it is inactive, it waits for a person.

    :return: its final status
    """
    while (run := client.get_run(run_id))["status"] in ("ACTIVE", "INACTIVE"):
        print(run["status"], run["details"]["description"])
        time.sleep(10)
    return str(run["status"])


images = {
    "source": {"id": "e6f3c6a0-0000-4000-8000-000000000001", "path": "/images/"},
    "destination": {"id": "e6f3c6a0-0000-4000-8000-000000000002", "path": "/archive/"},
}
with (
    SpecificFlowClient(
        FLOW_ID, authorizer=AccessTokenAuthorizer(FLOW_ACCESS_TOKEN)
    ) as flow,
    FlowsClient(authorizer=AccessTokenAuthorizer(FLOWS_ACCESS_TOKEN)) as client,
):
    try:
        flow.validate_run(images)
    except FlowsAPIError as error:
        raise SystemExit(
            f"the flow does not accept this input: {error.message}"
        ) from error
    run_id = start(flow, images)
    print(wait_for_the_end(client, run_id))
    for entry in client.get_run_logs.items(run_id, limit=100):
        print(entry["time"], entry["description"])
