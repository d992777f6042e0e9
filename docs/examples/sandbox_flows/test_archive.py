"""Tests of a flow that computes a checksum, waits for a day, and ends."""

from typing import Any

from globus_transport import AccessTokenAuthorizer, FlowsClient, SpecificFlowClient
from globus_transport.sandbox import Sandbox

MANAGE = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all"
COMPUTE = "https://compute.example.org/checksum"
DEFINITION = {
    "StartAt": "Checksum",
    "States": {
        "Checksum": {
            "Type": "Action",
            "ActionUrl": COMPUTE,
            "Parameters": {"path.$": "$.path"},
            "ResultPath": "$.Checksum",
            "Next": "Keep",
        },
        "Keep": {"Type": "Wait", "Seconds": 86400, "End": True},
    },
}


def authorizer(globus: Sandbox, scope: str) -> AccessTokenAuthorizer:
    return AccessTokenAuthorizer(globus.issue_token(scope).access_token)


def compute_checksum(parameters: dict[str, Any]) -> dict[str, Any]:
    return {"sha256": f"of {parameters['path']}"}


def test_archive(globus: Sandbox, globus_environment: dict[str, str]) -> None:
    globus.flows.answer(COMPUTE, compute_checksum)
    flows = FlowsClient(authorizer=authorizer(globus, MANAGE))
    flow = flows.create_flow("Archive", DEFINITION, {"type": "object"})
    runner = SpecificFlowClient(
        flow["id"], authorizer=authorizer(globus, flow["globus_auth_scope"])
    )
    run_id = runner.run_flow({"path": "/image.h5"})["run_id"]
    assert flows.get_run(run_id)["status"] == "ACTIVE"
    globus.clock.advance(86400)
    ended = flows.get_run(run_id)
    assert ended["status"] == "SUCCEEDED"
    checksum = ended["details"]["output"]["Checksum"]["details"]
    assert checksum == {"sha256": "of /image.h5"}
