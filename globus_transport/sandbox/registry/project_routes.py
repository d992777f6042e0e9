"""Auth's routes about projects, which their administrators see and change."""

from flask import Flask, abort
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.requests import Callers, read_body, text, texts
from globus_transport.sandbox.state import State


def install_project_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    projects, at = state.registry.projects, "/v2/api/projects"

    def find(project_id: str, identity: Identity) -> Document:
        project = projects.get(project_id)
        if project is None or not callers.administers(project_id, identity):
            abort(404, f"No such project {project_id!r}")
        return project

    def show(project: Document) -> Document:
        admins = state.identities.with_ids(project["admin_ids"] or [])
        groups = [{"id": id} for id in project["admin_group_ids"] or []]
        return {
            **project,
            "project_name": project["display_name"],
            "admins": {"identities": [one.document() for one in admins], "groups": groups},
        }

    @app.get(at)
    def get_projects() -> ResponseReturnValue:
        caller = callers.reader()
        return {"projects": [show(one) for one in projects.where() if callers.administers(one["id"], caller)]}

    @app.post(at)
    def create_project() -> ResponseReturnValue:
        caller, document = callers.writer(), read_body("project")
        people, groups = texts(document, "admin_ids"), texts(document, "admin_group_ids")
        project = projects.add(
            {
                "display_name": text(document, "display_name"),
                "contact_email": text(document, "contact_email"),
                # A project that nobody administers could not even be deleted.
                "admin_ids": people or (None if groups else [caller.id]),
                "admin_group_ids": groups or None,
            }
        )
        return {"project": show(project)}, 201

    @app.get(f"{at}/<project_id>")
    def get_project(project_id: str) -> ResponseReturnValue:
        return {"project": show(find(project_id, callers.reader()))}

    @app.put(f"{at}/<project_id>")
    def update_project(project_id: str) -> ResponseReturnValue:
        project, document = find(project_id, callers.writer()), read_body("project")
        changes: Document = {
            key: text(document, key) for key in ("display_name", "contact_email") if document.get(key) is not None
        }
        for key in ("admin_ids", "admin_group_ids"):
            if key in document:
                changes[key] = texts(document, key) or None
        changed = {**project, **changes}
        if not changed["admin_ids"] and not changed["admin_group_ids"]:
            abort(409, "A project needs an administrator")
        return {"project": show(projects.update(project_id, **changes))}

    @app.delete(f"{at}/<project_id>")
    def delete_project(project_id: str) -> ResponseReturnValue:
        project = find(project_id, callers.writer())
        if state.registry.clients.where(project=project_id) or state.registry.policies.where(project_id=project_id):
            abort(409, "The project still has clients or policies")
        projects.remove(project_id)
        return {"project": show(project)}
