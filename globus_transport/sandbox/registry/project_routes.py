"""Auth's routes for projects. Only the administrators of a project see and change it."""

from __future__ import annotations

from flask import Flask, abort
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.auth_requests import Callers, read_body, read_text, read_texts
from globus_transport.sandbox.state import State


def install_project_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    projects, prefix = state.registry.projects, "/v2/api/projects"

    def find(project_id: str, identity: Identity) -> Document:
        project = projects.get(project_id)
        if project is None or not callers.administers(project_id, identity):
            abort(404, f"No such project {project_id!r}")
        return project

    def project_document(project: Document) -> Document:
        admins = state.identities.find_by_ids(project["admin_ids"] or [])
        groups = [{"id": id} for id in project["admin_group_ids"] or []]
        return {
            **project,
            "project_name": project["display_name"],
            "admins": {"identities": [admin.document() for admin in admins], "groups": groups},
        }

    @app.get(prefix)
    def get_projects() -> ResponseReturnValue:
        caller = callers.require_reader()
        visible = [project for project in projects.where() if callers.administers(project["id"], caller)]
        return {"projects": [project_document(project) for project in visible]}

    @app.post(prefix)
    def create_project() -> ResponseReturnValue:
        caller, document = callers.require_writer(), read_body("project")
        admin_ids, group_ids = read_texts(document, "admin_ids"), read_texts(document, "admin_group_ids")
        project = projects.add(
            {
                "display_name": read_text(document, "display_name"),
                "contact_email": read_text(document, "contact_email"),
                # A project without an administrator could not be changed or deleted.
                "admin_ids": admin_ids or (None if group_ids else [caller.id]),
                "admin_group_ids": group_ids or None,
            }
        )
        return {"project": project_document(project)}, 201

    @app.get(f"{prefix}/<project_id>")
    def get_project(project_id: str) -> ResponseReturnValue:
        return {"project": project_document(find(project_id, callers.require_reader()))}

    @app.put(f"{prefix}/<project_id>")
    def update_project(project_id: str) -> ResponseReturnValue:
        project, document = find(project_id, callers.require_writer()), read_body("project")
        changes: Document = {
            key: read_text(document, key) for key in ("display_name", "contact_email") if document.get(key) is not None
        }
        for key in ("admin_ids", "admin_group_ids"):
            if key in document:
                changes[key] = read_texts(document, key) or None
        changed = {**project, **changes}
        if not changed["admin_ids"] and not changed["admin_group_ids"]:
            abort(409, "A project needs an administrator")
        return {"project": project_document(projects.update(project_id, **changes))}

    @app.delete(f"{prefix}/<project_id>")
    def delete_project(project_id: str) -> ResponseReturnValue:
        project = find(project_id, callers.require_writer())
        if state.registry.clients.where(project=project_id) or state.registry.policies.where(project_id=project_id):
            abort(409, "The project still has clients or policies")
        projects.remove(project_id)
        return {"project": project_document(project)}
