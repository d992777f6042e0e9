"""The programs of the pages on Groups and Timers, with ready-made replies."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from globus_transport import AccessTokenAuthorizer, AsyncGroupsClient, GroupsClient, TimersClient
from globus_transport.testing import load_reply, use_responses
from tests.docs.examples import run_example
from tests.terminals.fresh_terminal import forget_proxies

GROUPS = "https://groups.api.globus.org/v2/groups"


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses(), responses.mock:
        yield


def _bodies() -> list[Any]:
    return [json.loads(call.request.body) for call in responses.calls if call.request.body]


def test_people_are_invited() -> None:
    failure = {"identity_id": "bob", "code": "NOT_FOUND"}
    responses.post(f"{GROUPS}/g", json={"invite": [{"identity_id": "ada"}], "errors": {"invite": [failure]}})
    with GroupsClient(authorizer=AccessTokenAuthorizer("t")) as client:
        assert run_example("groups/new_members.py")["invite"](client, "g", ["ada", "bob"]) == [failure]
    assert _bodies() == [
        {"invite": [{"identity_id": "ada", "role": "member"}, {"identity_id": "bob", "role": "member"}]}
    ]


def test_requests_are_approved() -> None:
    members = [("ada", "active"), ("bob", "pending"), ("eve", "pending")]
    memberships = [{"identity_id": name, "username": f"{name}@a.org", "status": status} for name, status in members]
    responses.get(f"{GROUPS}/g", json={"memberships": memberships})
    responses.post(f"{GROUPS}/g", json={"approve": [{"identity_id": "bob"}], "errors": {"approve": [{}]}})
    approve_requests = run_example("groups/new_members.py")["approve_requests"]
    with GroupsClient() as client:
        assert approve_requests(client, "g") == ["bob@a.org"]
        assert _bodies() == [{"approve": [{"identity_id": "bob"}, {"identity_id": "eve"}]}]
        responses.get(f"{GROUPS}/empty", json={"memberships": memberships[:1]})
        assert approve_requests(client, "empty") == []
    assert responses.calls[0].request.url == f"{GROUPS}/g?include=memberships"


def test_a_person_leaves() -> None:
    mine = load_reply(GroupsClient.get_my_groups).metadata
    managed, _ = mine["group_ids"]
    responses.post(f"{GROUPS}/{managed}", json={"remove": [{"identity_id": "bob"}]})

    async def remove() -> Any:
        async with AsyncGroupsClient() as client:
            return await run_example("groups/leave_a_project.py")["remove_everywhere"](client, "bob")

    assert asyncio.run(remove()) == [mine["group_names"][0]]
    assert _bodies() == [{"remove": [{"identity_id": "bob"}]}]


def test_a_nightly_copy() -> None:
    reply = load_reply(TimersClient.create_timer)
    with TimersClient() as client:
        made = run_example("timers/nightly_copy.py")["make_nightly_copy"](client, "source", "destination")
    assert made == reply.metadata["timer_id"]
    (timer,) = (body["timer"] for body in _bodies())
    assert timer["schedule"]["interval_seconds"] == 86400
    start = datetime.datetime.fromisoformat(timer["schedule"]["start"])
    assert start.astimezone().hour == 2
    assert start > datetime.datetime.now(datetime.UTC)
    assert timer["body"]["DATA"][0]["destination_path"] == "/archive/"
    assert "submission_id" not in timer["body"]


class FakeApp:
    """Remembers the logins."""

    def __init__(self) -> None:
        self.logins: list[Any] = []

    def login(self, *, auth_params: Any) -> None:
        self.logins.append(auth_params)


def test_inactive_timers_are_resumed() -> None:
    cases = ("default", "inactive_gare", "inactive_user")
    with responses.RequestsMock() as mock, TimersClient() as client:
        jobs = []
        for case in cases:
            reply = load_reply(TimersClient.get_job, case=case, requests_mock=mock)
            jobs.append({**client.get_job(reply.metadata["job_id"]).data, "job_id": case, "name": case})
    responses.get("https://timer.automate.globus.org/jobs/", json={"jobs": jobs})
    responses.post("https://timer.automate.globus.org/jobs/inactive_gare/resume", json={"message": "resumed"})
    app = FakeApp()
    with TimersClient() as client:
        assert run_example("timers/resume_inactive.py")["resume_inactive"](app, client) == ["inactive_gare"]
    (login,) = app.logins
    assert login.required_scopes
    assert _bodies() == [{"update_credentials": True}]
