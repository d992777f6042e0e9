"""The action providers of the sandbox: each starts an action, and says later whether it has ended.

An action is a document with ``status`` (``ACTIVE``, ``SUCCEEDED`` or ``FAILED``) and ``details``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from globus_transport.sandbox.flows.documents import format_moment
from globus_transport.sandbox.flows.expressions import ExpressionError, evaluate
from globus_transport.sandbox.flows.store import ActionFailedError
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submission_routes import submit
from globus_transport.sandbox.submissions import read_delete, read_transfer
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import find_collection

_TASK_STATUS = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED"}

#: Starts an action of a run with parameters, for the run's owner.
Start = Callable[[State, Document, Any, Identity], Document]


def start_action(state: State, url: str, run: Document, parameters: Any, owner: Identity) -> Document:
    """Start an action.

    :param url: of the action provider
    :return: the action; failed at once if the sandbox does not know the provider
    """
    answer = state.flows.find_answer(url)
    if answer is not None:
        try:
            details = answer(parameters) if callable(answer) else answer
        except ActionFailedError as error:
            return failed(str(error))
        return _action("SUCCEEDED", details)
    start = _PROVIDERS.get(url.rstrip("/"))
    if start is None:
        hint = "say what it returns with sandbox.flows.answer(action_url, ...)"
        return failed(f"The sandbox knows no action provider at {url}; {hint}")
    if not isinstance(parameters, dict):
        return failed("The parameters of the action are no object")
    return start(state, run, parameters, owner)


def poll_action(state: State, action: Document, owner: Identity) -> Document:
    """An action as it is now."""
    if action["status"] != "ACTIVE":
        return action
    if "task_id" in action:
        task = state.tasks.get(action["task_id"], owner)
        if task is None:
            return {**action, **failed("The task is gone")}
        document = task.document()
        return {**action, "status": _TASK_STATUS.get(document["status"], "ACTIVE"), "details": document}
    web_input = state.flows.inputs.get(action["input_id"])
    if web_input is None or web_input["status"] == "open":
        return action
    return {**action, "status": "SUCCEEDED", "details": web_input["_result"]}


def cancel_action(state: State, action: Document, owner: Identity) -> None:
    """End what an action has begun."""
    if "task_id" in action and (task := state.tasks.get(action["task_id"], owner)):
        task.stop()
    elif "input_id" in action:
        now = format_moment(state.clock.now())
        state.flows.inputs.update(action["input_id"], status="closed", closed_timestamp=now, edited_timestamp=now)


def failed(text: str) -> Document:
    """An action that has failed."""
    return _action("FAILED", {"error": text})


def _action(status: str, details: Document, **more: Any) -> Document:
    return {"action_id": str(uuid.uuid4()), "status": status, "details": details, **more}


def _say_hello(state: State, run: Document, parameters: Document, owner: Identity) -> Document:
    echo = parameters.get("echo_string")
    return _action("SUCCEEDED", {"Hello": "World"} | ({} if echo is None else {"hello": echo}))


def _evaluate_expressions(state: State, run: Document, parameters: Document, owner: Identity) -> Document:
    names = parameters.get("arguments", {})
    try:
        if "expression" in parameters:
            return _action("SUCCEEDED", {"result": evaluate(str(parameters["expression"]), names)})
        return _action(
            "SUCCEEDED",
            {
                str(one["result_path"]).lstrip("$."): evaluate(str(one["expression"]), one.get("arguments", names))
                for one in parameters.get("expressions", [])
            },
        )
    except (ExpressionError, KeyError, TypeError) as error:
        return failed(str(error))


def _transfer(state: State, run: Document, parameters: Document, owner: Identity) -> Document:
    items: Any = parameters.get("DATA", parameters.get("transfer_items", []))
    document = {
        **parameters,
        "source_endpoint": parameters.get("source_endpoint", parameters.get("source_endpoint_id")),
        "destination_endpoint": parameters.get("destination_endpoint", parameters.get("destination_endpoint_id")),
        "submission_id": str(uuid.uuid4()),
        "DATA": [_typed(item, "transfer_item") for item in items] if isinstance(items, list) else items,
    }
    return _submit(state, owner, lambda: read_transfer(document, lambda id: find_collection(state, id)))


def _delete(state: State, run: Document, parameters: Document, owner: Identity) -> Document:
    items: Any = parameters.get("DATA", [])
    document = {
        **parameters,
        "endpoint": parameters.get("endpoint", parameters.get("endpoint_id")),
        "submission_id": str(uuid.uuid4()),
        "DATA": [_typed(item, "delete_item") for item in items] if isinstance(items, list) else items,
    }
    return _submit(state, owner, lambda: read_delete(document, lambda id: find_collection(state, id)))


def _typed(item: Any, kind: str) -> Any:
    return {"DATA_TYPE": kind, **cast(Document, item)} if isinstance(item, dict) else item


def _submit(state: State, owner: Identity, read: Callable[[], Any]) -> Document:
    try:
        task, _ = submit(state, read(), owner, state.clock)
    except TransferError as error:
        return failed(f"{error.code}: {error.message}")
    return _action("ACTIVE", task.document(), task_id=task.id)


def _ask_for_selection(state: State, run: Document, parameters: Document, owner: Identity) -> Document:
    page = parameters.get("landing_page", {})
    options = page.get("options", parameters.get("options", [])) if isinstance(page, dict) else []
    if not isinstance(options, list) or not options or not all(isinstance(option, dict) for option in options):
        return failed("landing_page.options is a list of at least one option")
    title = str(page.get("header_text", parameters.get("title", "Make a selection")))
    choices = [
        {
            "option_id": str(uuid.uuid4()),
            "label": str(option.get("name", option.get("label", number))),
            "description": str(option.get("description", "")),
        }
        for number, option in enumerate(cast(list[Document], options))
    ]
    now = format_moment(state.clock.now())
    respondents = page.get("selectable_by") or [urn(owner.id)]
    viewers = page.get("visible_to") or respondents
    for principals in (respondents, viewers):
        if not isinstance(principals, list) or not all(isinstance(principal, str) for principal in principals):
            return failed("landing_page.selectable_by and landing_page.visible_to are lists of principals")
    web_input = state.flows.inputs.add(
        {
            "status": "open",
            "input_type": "selection",
            "input_schema": {
                "$schema": "http://json-schema.org/draft-07/schema",
                "title": "Choose",
                "type": "string",
                "oneOf": [
                    {"const": one["option_id"], "title": one["label"], "description": one["description"]}
                    for one in choices
                ],
            },
            "context": {
                "title": title,
                "presentation_style": "text",
                "text": str(page.get("page_text", parameters.get("text", ""))),
            },
            "options": choices,
            "roles": {"viewer_urns": viewers, "respondent_urns": respondents},
            "creator_urn": urn(run["flow_id"]),
            "flow": {"id": run["flow_id"], "title": run["flow_title"]},
            "run": {"id": run["id"], "label": run["label"]},
            "created_timestamp": now,
            "edited_timestamp": now,
            "closed_timestamp": None,
            "_result": None,
            "_completed": {one["option_id"]: option for one, option in zip(choices, options, strict=True)},
        }
    )
    return _action("ACTIVE", {"web_input_id": web_input["id"]}, input_id=web_input["id"])


_PROVIDERS: dict[str, Start] = {
    "https://actions.globus.org/hello_world": _say_hello,
    "https://actions.globus.org/expression_eval": _evaluate_expressions,
    "https://actions.globus.org/weboption/wait_for_option": _ask_for_selection,
    "https://transfer.actions.globus.org/transfer": _transfer,
    "https://transfer.actions.globus.org/delete": _delete,
    "https://actions.automate.globus.org/transfer/transfer": _transfer,
    "https://actions.automate.globus.org/transfer/delete": _delete,
}
