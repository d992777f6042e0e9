"""Two clients of one application: for a flow, and for the service."""

from globus_transport import FlowsClient, SpecificFlowClient, UserApp

CLIENT_ID = "..."
FLOW_ID = "..."
COLLECTION_ID = "..."

with (
    UserApp("archive", client_id=CLIENT_ID) as app,
    SpecificFlowClient(FLOW_ID, app=app) as flow,
    FlowsClient(app=app) as client,
):
    flow.add_app_transfer_data_access_scope(COLLECTION_ID)
    run_id = flow.run_flow({}, label="Images of March")["run_id"]
    print(client.get_run(run_id)["status"])
