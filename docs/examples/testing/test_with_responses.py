"""Tests with answers from responses."""

import pytest
import responses

from globus_transport import TransferAPIError, TransferClient
from globus_transport.testing import load_reply, use_responses

use_responses()


@responses.activate
def test_an_answer_of_my_own() -> None:
    responses.get(
        "https://transfer.api.globus.org/v0.10/task/42", json={"status": "ACTIVE"}
    )
    assert TransferClient().get_task("42")["status"] == "ACTIVE"
    assert len(responses.calls) == 1


@responses.activate
def test_a_ready_made_answer() -> None:
    reply = load_reply(TransferClient.get_task, case="failed")
    task = TransferClient().get_task(reply.metadata["task_id"])
    assert task["fatal_error"]["code"] == "PERMISSION_DENIED"


@responses.activate
def test_a_missing_consent() -> None:
    reply = load_reply(TransferClient.operation_ls, case="consent_required")
    with pytest.raises(TransferAPIError) as raised:
        TransferClient().operation_ls(reply.metadata["endpoint_id"])
    assert raised.value.info.consent_required
