"""The routes for indexes, and for roles in them."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.principals import type_of, urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.search.callers import ADMINS, MANAGE, ROLES, Callers
from globus_transport.sandbox.search.errors import bad_request, forbidden, limit_exceeded, not_found, wrong_status
from globus_transport.sandbox.search.tasks import cancel_tasks
from globus_transport.sandbox.state import State

#: Limits that the service documents: docs.globus.org/api/search/limits.
MAX_TRIAL_INDEXES = 3
MAX_ROLES = 50
_MAX_LISTED = 100

#: How long the deletion of an index can be cancelled, in seconds. For a trial index the service says "minutes".
_TRIAL_GRACE = 300.0
_GRACE = 30 * 86400.0


def install_index_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    store = state.search

    def find_index(index_id: str, roles: tuple[str, ...]) -> Document:
        """The index with this id, in which the caller of the current request has one of some roles."""
        caller = callers.require(*MANAGE)
        index = callers.find_index(index_id)
        callers.require_role(index_id, caller, roles)
        return index

    @app.post("/v1/index")
    def create_index() -> ResponseReturnValue:
        caller, fields = callers.require(*MANAGE), Fields(read_body())
        name = fields.text("display_name", required=True) or ""
        description = fields.text("description") or ""
        fields.check()
        with store.lock:
            owned = [id for id in store.indexes if store.indexes[id]["is_trial"] and _owns(state, id, caller.id)]
            if len(owned) >= MAX_TRIAL_INDEXES:
                cause = "The creator of an index becomes its owner"
                raise limit_exceeded(cause, f"A user owns at most {MAX_TRIAL_INDEXES} trial indexes")
            now = state.clock.now()
            index = store.add_index(name, description, urn(caller.id), now, is_trial=True)
            return _index_document(state, index)

    @app.get("/v1/index/<index_id>")
    def get_index(index_id: str) -> ResponseReturnValue:
        callers.check_token()
        with store.lock:
            return _index_document(state, callers.find_index(index_id))

    @app.patch("/v1/index/<index_id>")
    def update_index(index_id: str) -> ResponseReturnValue:
        caller, fields = callers.require(*MANAGE), Fields(read_body())
        names = [name for name in ("display_name", "description") if fields.document.get(name) is not None]
        changes = {name: fields.text(name, required=name == "display_name") for name in names}
        fields.check()
        with store.lock:
            index = callers.find_open_index(index_id)
            callers.require_role(index_id, caller, ADMINS)
            index |= changes
            return _index_document(state, index)

    @app.delete("/v1/index/<index_id>")
    def delete_index(index_id: str) -> ResponseReturnValue:
        with store.lock:
            index = find_index(index_id, ("owner",))
            callers.find_open_index(index_id)
            now = state.clock.now()
            cancel_tasks(store, index_id, now)
            grace = _TRIAL_GRACE if index["is_trial"] else _GRACE
            index |= {"status": "delete_pending", "delete_at": now + grace}
        return {"index_id": index_id, "acknowledged": True}

    @app.post("/v1/index/<index_id>/reopen")
    def reopen_index(index_id: str) -> ResponseReturnValue:
        with store.lock:
            index = find_index(index_id, ("owner",))
            if index["status"] == "open":
                raise wrong_status("open")
            index |= {"status": "open", "delete_at": None}
        return {"index_id": index_id, "acknowledged": True}

    @app.get("/v1/index_list")
    def index_list() -> ResponseReturnValue:
        caller = callers.require(*MANAGE)
        wanted = [name for name in request.args.get("filter_roles", "").split(",") if name] or list(ROLES)
        if not {*wanted} <= {*ROLES}:
            raise bad_request(f"filter_roles must be some of {', '.join(ROLES)}")
        found: list[Document] = []
        with store.lock:
            for id, index in store.indexes.items():
                roles = callers.roles_in(id, caller)
                if {*roles} & {*wanted}:
                    found.append({**_index_document(state, index), "permissions": roles})
        return {"index_list": found[:_MAX_LISTED]}

    @app.post("/v1/index/<index_id>/role")
    def create_role(index_id: str) -> ResponseReturnValue:
        caller, fields = callers.require(*MANAGE), Fields(read_body())
        name = fields.choice("role_name", ROLES, required=True) or ""
        principal = fields.text("principal", required=True) or ""
        kind = type_of(principal)
        if kind is None:
            fields.refuse("principal", "value is not the URN of an identity or of a group")
        with store.lock:
            callers.find_open_index(index_id)
            _require_role_for(callers.require_role(index_id, caller, ADMINS), name)
            fields.check()
            if len(store.roles_in(index_id)) >= MAX_ROLES:
                cause = "An index has a limited number of roles"
                raise limit_exceeded(cause, f"An index has at most {MAX_ROLES} roles")
            return dict(store.add_role(index_id, name, principal, kind or "", state.clock.now()))

    @app.get("/v1/index/<index_id>/role_list")
    def get_role_list(index_id: str) -> ResponseReturnValue:
        with store.lock:
            find_index(index_id, ADMINS)
            return {"role_list": store.roles_in(index_id)}

    @app.delete("/v1/index/<index_id>/role/<role_id>")
    def delete_role(index_id: str, role_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE)
        with store.lock:
            callers.find_open_index(index_id)
            roles = callers.require_role(index_id, caller, ADMINS)
            role = store.roles.get(role_id)
            if role is None or role["index_id"] != index_id:
                raise not_found("role")
            _require_role_for(roles, role["role_name"])
            owners = [other for other in store.roles_in(index_id) if other["role_name"] == "owner"]
            if [other["id"] for other in owners] == [role_id]:
                raise forbidden("The last owner of an index keeps the role")
            del store.roles[role_id]
        return {"deleted": role, "success": True}


def _owns(state: State, index_id: str, identity_id: str) -> bool:
    roles = state.search.roles_in(index_id)
    return any(role["role_name"] == "owner" and role["principal"] == urn(identity_id) for role in roles)


def _require_role_for(roles: list[str], role_name: str) -> None:
    if role_name == "owner" and "owner" not in roles:
        raise forbidden("Only an owner of the index gives and takes the role owner")


def _index_document(state: State, index: Document) -> Document:
    shown = {name: value for name, value in index.items() if name != "delete_at"}
    statistics = state.search.contents[index["id"]].statistics()
    return {"@datatype": "GSearchIndex", "@version": "2017-09-01", **shown, **statistics}
