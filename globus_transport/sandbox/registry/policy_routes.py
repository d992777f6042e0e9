"""Auth's routes for authentication policies, which belong to projects."""

from __future__ import annotations

from flask import Flask, abort
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.auth_requests import Callers, read_body, read_flag, read_text, read_texts
from globus_transport.sandbox.state import State


def install_policy_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    policies, prefix = state.registry.policies, "/v2/api/policies"

    def find(policy_id: str, identity: Identity) -> Document:
        policy = policies.get(policy_id)
        if policy is None or not callers.administers(policy["project_id"], identity):
            abort(404, f"No such policy {policy_id!r}")
        return policy

    def read(document: Document, identity: Identity) -> Document:
        project_id = read_text(document, "project_id")
        if not callers.administers(project_id, identity):
            abort(403, "Only an administrator of the project may do this")
        timeout = document.get("authentication_assurance_timeout")
        if timeout is not None and (not isinstance(timeout, int) or isinstance(timeout, bool) or timeout < 1):
            abort(400, "authentication_assurance_timeout must be a number of seconds")
        fields: Document = {
            "project_id": project_id,
            "display_name": read_text(document, "display_name"),
            "description": read_text(document, "description"),
            "high_assurance": read_flag(document, "high_assurance", False),
            "required_mfa": read_flag(document, "required_mfa", False),
            "authentication_assurance_timeout": timeout,
        }
        for key in ("domain_constraints_include", "domain_constraints_exclude"):
            fields[key] = read_texts(document, key) or None
        return fields

    @app.get(prefix)
    def get_policies() -> ResponseReturnValue:
        caller = callers.require_reader()
        visible = [policy for policy in policies.where() if callers.administers(policy["project_id"], caller)]
        return {"policies": visible}

    @app.post(prefix)
    def create_policy() -> ResponseReturnValue:
        caller = callers.require_writer()
        return {"policy": policies.add(read(read_body("policy"), caller))}, 201

    @app.get(f"{prefix}/<policy_id>")
    def get_policy(policy_id: str) -> ResponseReturnValue:
        return {"policy": find(policy_id, callers.require_reader())}

    @app.put(f"{prefix}/<policy_id>")
    def update_policy(policy_id: str) -> ResponseReturnValue:
        caller, document = callers.require_writer(), read_body("policy")
        policy = find(policy_id, caller)
        if document.get("high_assurance", policy["high_assurance"]) != policy["high_assurance"]:
            abort(409, "high_assurance cannot be changed")
        return {"policy": policies.update(policy_id, **read({**policy, **document}, caller))}

    @app.delete(f"{prefix}/<policy_id>")
    def delete_policy(policy_id: str) -> ResponseReturnValue:
        policy = find(policy_id, callers.require_writer())
        policies.remove(policy_id)
        return {"policy": policy}
