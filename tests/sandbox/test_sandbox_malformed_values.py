"""Malformed values in every place of every request. The answer may be any error but a 500, and the sandbox goes on."""

from __future__ import annotations

import base64
import copy
import json
import math
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import attrs
import pytest

from globus_transport.sandbox import Collection, Sandbox
from globus_transport.sandbox.auth_api import create_auth_app
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import Settings, State
from globus_transport.sandbox.transfer_api import create_transfer_app
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

MANAGE = "urn:globus:auth:scope:auth.globus.org:manage_projects"
DEPENDENT = "urn:globus:auth:grant_type:dependent_token"
TEXTS = [
    "",
    " ",
    "\0",
    "a\r\nb: c",
    "\ud800",
    "\N{SNOWMAN}\N{LATIN SMALL LETTER E WITH ACUTE}",
    '"\\',
    "x" * 5000,
    "..",
    "/../../",
    "/~/\0",
    "%00%",
    "-1",
    "9" * 5000,
    "1e999",
    "\N{SUPERSCRIPT TWO}",
    "nan",
    "http://[",
    "http://localhost:port/",
    "http://localhost:99999999/",
    "http://localhost/\r\nX: y",
    "//localhost",
    "http://localhost/\ud800",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01",
    "field:!~[",
    "*",
    "a[" * 2000,
    "urn:globus:auth:scope:a:b[" * 900 + "urn:globus:auth:scope:a:b" + "]" * 900,
    "urn:globus:auth:scope:transfer.api.globus.org:all[nonsense]",
    "openid\N{LINE SEPARATOR}",
]
# The tests put nested lists of this depth in the place of the text.
DEPTHS = {"@deep 300": 300, "@deep 900": 900, "@deep 100000": 100_000}
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    20250101,
    10**30,
    1.5,
    1e300,
    math.nan,
    math.inf,
    [],
    [None],
    [[]],
    [{}],
    ["x", 1],
    {},
    {"a": None},
    {"": []},
    *TEXTS,
    *DEPTHS,
]
BODIES = [
    b"",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"{",
    b"\xff",
    b'{"\xff": 1}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b'{"a": 1, "a": 2}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b"9" * 10_000,
    b"-" * 10_000,
]
# The query parameters of the routes whose path ends so.
QUERY_NAMES = {
    "/identities": "ids usernames provision",
    "/identity_providers": "ids domains",
    "/consents": "all",
    "/clients": "fqdn",
    "/scopes": "scope_strings ids",
    "/auth-code": "code",
    "/{endpoint_id}": "fields",
    "/{task_id}": "fields",
    "/endpoint_search": "filter_fulltext filter_scope filter_owner_id filter_host_endpoint filter_entity_type "
    "filter_non_functional limit offset",
    "/shared_endpoint_list": "next_token max_results",
    "/ls": "path filter orderby show_hidden limit offset",
    "/stat": "path",
    "/task_list": "filter orderby limit offset filter_status filter_task_id filter_owner_id filter_endpoint "
    "filter_endpoint_use filter_is_paused filter_min_faults filter_completion_time filter_local_user last_key",
    "/event_list": "limit offset filter_is_error",
    "/successful_transfers": "marker",
    "/skipped_errors": "marker",
    "/pause_rule_list": "filter_endpoint",
    "/stream_access_points": "page[limit] page[offset]",
}


@attrs.frozen
class Seed:
    """A request that is carried out. The tests replace its values one by one."""

    service: str
    method: str
    path: str
    document: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    query: dict[str, str] = attrs.field(factory=dict)

    def with_values(self, values: dict[str, str]) -> Seed:
        """The request with another form, or another query if it has no form."""
        return attrs.evolve(self, query=values) if self.form is None else attrs.evolve(self, form=values)


class Connections:
    """Sends requests with valid credentials, on one connection for each service."""

    def __init__(self, globus: Sandbox) -> None:
        self._globus = globus
        self._clients = {name: Http(getattr(globus, f"{name}_url")).connect() for name in ("auth", "transfer")}
        self._bearers = {"auth": globus.issue_token(MANAGE), "transfer": globus.issue_token(TRANSFER_ALL)}

    def send(self, service: str, method: str, target: str, body: bytes | None = None, **headers: str) -> int:
        headers.setdefault("Authorization", f"Bearer {self._bearers[service].access_token}")
        client = self._clients[service]
        client.request(method, target, body, headers)
        response = client.getresponse()
        response.read()
        return response.status

    def send_seed(self, seed: Seed, body: bytes | None = None) -> int:
        headers: dict[str, str] = {}
        if seed.form is not None:
            body = encode_query(seed.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if "client_id" not in seed.form:
                secret = f"{self._globus.client_id}:{self._globus.client_secret}".encode()
                headers["Authorization"] = "Basic " + base64.b64encode(secret).decode()
        elif seed.document is not None:
            body = encode_document(seed.document) if body is None else body
            # Each request gets an id of its own, or it would only repeat another one.
            body = body.replace(b"SUBMISSION", str(uuid.uuid4()).encode())
            headers["Content-Type"] = "application/json"
        target = seed.path + ("?" + encode_query(seed.query) if seed.query else "")
        return self.send(seed.service, seed.method, target, body, **headers)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def encode_document(document: object) -> bytes:
    text = json.dumps(document)
    for name, depth in DEPTHS.items():
        text = text.replace(json.dumps(name), "[" * depth + "]" * depth)
    return text.encode()


def encode_query(query: dict[str, str]) -> str:
    return urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in query.items()})


def variants(document: Any) -> Iterator[Any]:
    """The document with each malformed value in the place of each of its values, and without each of its values."""
    for value in VALUES:
        yield value
    items: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        items = list(document.items())
    elif isinstance(document, list):
        items = list(enumerate(document))
    for key, value in items:
        for variant in variants(value):
            changed = copy.copy(document)
            changed[key] = variant
            yield changed
        changed = copy.copy(document)
        del changed[key]
        yield changed


class Scene:
    """A sandbox with an object of each kind."""

    def __init__(self, globus: Sandbox, collection: Collection) -> None:
        self.globus = globus
        self.collection = collection
        self.auth, self.transfer = (
            Http(globus.auth_url, globus.issue_token(MANAGE).access_token),
            Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token),
        )
        (collection.folder / "folder").mkdir()
        (collection.folder / "folder" / "file").touch()
        self.access_point = globus.add_stream_access_point("Point", collection)
        self.guest = self._make("transfer", "POST", "/v0.10/shared_endpoint", self.guest_document)["id"]
        ids = self.ids = {"endpoint_id": collection.id, "access_point_id": self.access_point, "server_id": "1"}
        ids["rule_id"] = self._make("transfer", "POST", f"/v0.10/endpoint/{self.guest}/access", self.rule)["access_id"]
        ids["role_id"] = self._make("transfer", "POST", f"/v0.10/endpoint/{self.guest}/role", self.role)["id"]
        ids["bookmark_id"] = self._make("transfer", "POST", "/v0.10/bookmark", self.bookmark)["id"]
        ids["tunnel_id"] = self._make("transfer", "POST", "/v2/tunnels", self.tunnel)["data"]["id"]
        ids["pause_rule_id"] = self._make("transfer", "POST", f"{self.manager}/pause_rule", self.pause_rule)["id"]
        ids["task_id"] = self._make("transfer", "POST", "/v0.10/transfer", self.copy_document)["task_id"]
        ids["id"] = str(self._make("transfer", "POST", f"{self.manager}/admin_cancel", self.cancellation)["id"])
        ids["identity_id"] = globus.user.id
        ids["project_id"] = self._make("auth", "POST", "/v2/api/projects", self.project)["project"]["id"]
        ids["client_id"] = self._make("auth", "POST", "/v2/api/clients", self.client)["client"]["id"]
        at = f"/v2/api/clients/{ids['client_id']}"
        ids["scope_id"] = self._make("auth", "POST", f"{at}/scopes", self.scope)["scope"]["id"]
        ids["policy_id"] = self._make("auth", "POST", "/v2/api/policies", self.policy)["policy"]["id"]
        ids["credential_id"] = self._make("auth", "POST", f"{at}/credentials", self.credential)["credential"]["id"]

    def _make(self, service: str, method: str, path: str, document: dict[str, Any]) -> Any:
        body = encode_document(document).replace(b"SUBMISSION", str(uuid.uuid4()).encode())
        answer = getattr(self, service)(method, path, document=json.loads(body))
        assert answer.status < 300, answer.document
        return answer.document

    manager = "/v0.10/endpoint_manager"

    @property
    def credential(self) -> dict[str, Any]:
        return {"credential": {"name": "one"}}

    @property
    def guest_document(self) -> dict[str, Any]:
        return {
            "host_endpoint": self.collection.id,
            "host_path": "/folder/",
            "display_name": "Guest",
            "description": "x",
            "public": True,
        }

    @property
    def rule(self) -> dict[str, Any]:
        return {
            "principal_type": "identity",
            "principal": self.globus.user.id,
            "path": "/",
            "permissions": "r",
            "expiration_date": "2100-01-01T00:00:00Z",
        }

    @property
    def role(self) -> dict[str, Any]:
        return {"principal_type": "identity", "principal": str(uuid.uuid4()), "role": "administrator"}

    @property
    def bookmark(self) -> dict[str, Any]:
        return {"name": str(uuid.uuid4()), "endpoint_id": self.collection.id, "path": "/"}

    @property
    def bookmark_v2(self) -> dict[str, Any]:
        collection = {"data": {"type": "Collection", "id": self.collection.id}}
        attributes = {"name": str(uuid.uuid4()), "path": "/"}
        data = {"type": "Bookmark", "attributes": attributes, "relationships": {"collection": collection}}
        return {"data": data}

    @property
    def tunnel(self) -> dict[str, Any]:
        point = {"data": {"type": "StreamAccessPoint", "id": self.access_point}}
        attributes = {
            "submission_id": "SUBMISSION",
            "label": "x",
            "restartable": True,
            "lifetime_mins": 10,
            "listener_ip_address": "127.0.0.1",
            "listener_port": 4000,
            "state": "STOPPING",
        }
        relationships = {"listener": point, "initiator": point}
        return {"data": {"type": "Tunnel", "attributes": attributes, "relationships": relationships}}

    @property
    def pause_rule(self) -> dict[str, Any]:
        return {
            "endpoint_id": self.guest,
            "message": "wait",
            "identity_id": str(uuid.uuid4()),
            "start_time": "2100-01-01T00:00:00Z",
            "pause_ls": True,
        }

    @property
    def copy_document(self) -> dict[str, Any]:
        item = {"source_path": "/folder/file", "destination_path": "/copy", "recursive": False}
        checksum = {"external_checksum": "0", "checksum_algorithm": "md5"}
        return {
            "submission_id": "SUBMISSION",
            "source_endpoint": self.collection.id,
            "destination_endpoint": self.collection.id,
            "DATA": [{**item, **checksum}],
            "label": "x",
            "deadline": "2100-01-01",
            "sync_level": 3,
            "verify_checksum": True,
            "filter_rules": [{"method": "exclude", "name": "*.x", "type": "file"}],
        }

    @property
    def delete_document(self) -> dict[str, Any]:
        return {
            "submission_id": "SUBMISSION",
            "endpoint": self.collection.id,
            "DATA": [{"path": "/nothing/*"}],
            "interpret_globs": True,
            "ignore_missing": True,
            "recursive": False,
        }

    @property
    def cancellation(self) -> dict[str, Any]:
        return {"message": "stop", "task_id_list": [self.ids["task_id"]]}

    @property
    def project(self) -> dict[str, Any]:
        fields = {"display_name": "P", "contact_email": "p@sandbox.example"}
        return {"project": {**fields, "admin_ids": [self.globus.user.id], "admin_group_ids": []}}

    @property
    def client(self) -> dict[str, Any]:
        client = {
            "name": "C",
            "project": self.ids["project_id"],
            "client_type": "confidential_client",
            "visibility": "public",
            "redirect_uris": ["http://localhost/"],
            "required_idp": str(uuid.uuid4()),
            "preselect_idp": None,
            "fqdns": ["c.example"],
            "links": {"privacy_policy": "https://c.example/"},
        }
        return {"client": client}

    @property
    def scope(self) -> dict[str, Any]:
        dependent = {"scope": self.ids["client_id"], "optional": False, "requires_refresh_token": False}
        scope = {
            "name": "S",
            "description": "s",
            "scope_suffix": f"s{uuid.uuid4().hex}",
            "advertised": True,
            "allows_refresh_token": True,
            "required_domains": ["sandbox.example"],
            "dependent_scopes": [dependent],
        }
        return {"scope": scope}

    @property
    def policy(self) -> dict[str, Any]:
        policy = {
            "project_id": self.ids["project_id"],
            "display_name": "P",
            "description": "p",
            "high_assurance": False,
            "required_mfa": False,
            "authentication_assurance_timeout": 60,
            "domain_constraints_include": ["sandbox.example"],
        }
        return {"policy": policy}

    def with_documents(self) -> list[Seed]:
        """The requests with a JSON body."""
        at, ids, guest = f"/v0.10/endpoint/{self.collection.id}", self.ids, f"/v0.10/endpoint/{self.guest}"
        files, client = f"/v0.10/operation/endpoint/{self.collection.id}", f"/v2/api/clients/{self.ids['client_id']}"
        editable = {"display_name": "C", "description": "c", "public": True, "keywords": None}
        transfer: list[tuple[str, str, dict[str, Any]]] = [
            ("PUT", at, editable),
            ("POST", "/v0.10/endpoint", {**editable, "is_globus_connect": True, "subscription_id": None}),
            ("PUT", f"{at}/subscription", {"subscription_id": "DEFAULT"}),
            ("PUT", f"{at}/subscription_admin_verified", {"subscription_admin_verified": False}),
            ("POST", "/v0.10/shared_endpoint", self.guest_document),
            ("POST", f"{guest}/access", self.rule),
            ("PUT", f"{guest}/access/{ids['rule_id']}", self.rule),
            ("POST", f"{guest}/role", self.role),
            ("POST", "/v0.10/bookmark", self.bookmark),
            ("PUT", f"/v0.10/bookmark/{ids['bookmark_id']}", self.bookmark),
            ("POST", "/v0.10/transfer", self.copy_document),
            ("POST", "/v0.10/delete", self.delete_document),
            ("POST", f"{files}/mkdir", {"path": "/folder"}),
            ("POST", f"{files}/rename", {"old_path": "/missing", "new_path": "/other"}),
            ("PUT", f"/v0.10/task/{ids['task_id']}", {"label": "x", "deadline": "2100-01-01"}),
            ("POST", f"{self.manager}/pause_rule", self.pause_rule),
            ("PUT", f"{self.manager}/pause_rule/{ids['pause_rule_id']}", self.pause_rule),
            ("POST", f"{self.manager}/admin_cancel", self.cancellation),
            ("POST", f"{self.manager}/admin_pause", self.cancellation),
            ("POST", f"{self.manager}/admin_resume", self.cancellation),
            ("POST", "/v2/bookmarks", self.bookmark_v2),
            ("PATCH", f"/v2/bookmarks/{ids['bookmark_id']}", self.bookmark_v2),
            ("POST", "/v2/tunnels", self.tunnel),
            ("PATCH", f"/v2/tunnels/{ids['tunnel_id']}", self.tunnel),
        ]
        template = {"client": {"template_id": self.globus.native_client_id, "name": "T"}}
        auth: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "/v2/api/projects", self.project),
            ("PUT", f"/v2/api/projects/{ids['project_id']}", self.project),
            ("POST", "/v2/api/clients", self.client),
            ("POST", "/v2/api/clients", template),
            ("PUT", client, self.client),
            ("POST", f"{client}/credentials", self.credential),
            ("POST", f"{client}/scopes", self.scope),
            ("PUT", f"/v2/api/scopes/{ids['scope_id']}", self.scope),
            ("POST", "/v2/api/policies", self.policy),
            ("PUT", f"/v2/api/policies/{ids['policy_id']}", self.policy),
        ]
        return [Seed("transfer", *row) for row in transfer] + [Seed("auth", *row) for row in auth]

    def with_forms(self) -> list[Seed]:
        """The OAuth2 requests."""
        globus, at = self.globus, "/v2/oauth2/token"
        mine = f"https://auth.globus.org/scopes/{globus.client_id}/all[{TRANSFER_ALL}]"
        authorize = {
            "client_id": globus.native_client_id,
            "redirect_uri": "http://localhost/",
            "scope": f"openid {TRANSFER_ALL}",
            "state": "s",
            "response_type": "code",
            "response_mode": "query",
            "access_type": "offline",
            "code_challenge": "x" * 43,
            "code_challenge_method": "plain",
            "nonce": "n",
            "prompt": "login",
            "session_required_identities": "a,b",
            "session_required_single_domain": "a",
            "session_required_mfa": "True",
        }
        code = globus.approve(f"{globus.auth_url}v2/oauth2/authorize?{urlencode(authorize)}")
        forms: list[tuple[str, dict[str, str]]] = [
            (
                at,
                {
                    "grant_type": "authorization_code",
                    "code": code,
                    "code_verifier": "x" * 43,
                    "redirect_uri": "http://localhost/",
                    "client_id": globus.native_client_id,
                },
            ),
            (
                at,
                {
                    "grant_type": "refresh_token",
                    "refresh_token": globus.issue_token(TRANSFER_ALL).refresh_token or "",
                    "client_id": globus.native_client_id,
                    "scope": TRANSFER_ALL,
                },
            ),
            (at, {"grant_type": "client_credentials", "scope": f"openid {TRANSFER_ALL}"}),
            (at, {"grant_type": DEPENDENT, "token": globus.issue_token(mine).access_token, "scope": TRANSFER_ALL}),
            (f"{at}/revoke", {"token": "x", "token_type_hint": "access_token", "client_id": globus.native_client_id}),
            (f"{at}/validate", {"token": "x", "client_id": globus.native_client_id}),
            (f"{at}/introspect", {"token": "x", "token_type_hint": "access_token", "include": "session_info"}),
        ]
        seeds = [Seed("auth", "POST", path, form=form) for path, form in forms]
        return [*seeds, Seed("auth", "GET", "/v2/oauth2/authorize", query=authorize)]


@pytest.fixture
def scene(globus: Sandbox, source: Collection) -> Scene:
    return Scene(globus, source)


@contextmanager
def all_survive(scene: Scene) -> Iterator[Connections]:
    """Check that the sandbox works after the requests: it lists all objects, ends all tasks and can be restored."""
    connections = Connections(scene.globus)
    try:
        yield connections
        for service, path in ((service, path) for service, method, path in routes() if method == "GET"):
            for endpoint_id in (scene.collection.id, scene.guest):
                target = path.format(**{**scene.ids, "endpoint_id": endpoint_id})
                assert connections.send(service, "GET", target) < 500, target
    finally:
        connections.close()
    state = scene.globus._state
    for task in state.tasks.owned_by(scene.globus.user):
        state.tasks.join(task, seconds=10)
        assert (task.fatal_error or {}).get("code") != "INTERNAL_ERROR", task.submission
    document = json.dumps(snapshot(state), allow_nan=False)
    restore(State(Settings(1.0, True, 0.0, 0.0), None), json.loads(document.encode()))


def routes() -> list[tuple[str, str, str]]:
    """The service, method and path of each route, with ``{name}`` for each parameter."""
    state = State(Settings(1.0, True, 0.0, 0.0), None)
    found: list[tuple[str, str, str]] = []
    for service, app in (("auth", create_auth_app(state)), ("transfer", create_transfer_app(state))):
        for rule in app.url_map.iter_rules():
            path = rule.rule.replace("<int:", "<").replace("<", "{").replace(">", "}")
            if "pause_rule/" in path:
                path = path.replace("{rule_id}", "{pause_rule_id}")
            found += [(service, method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_the_seeds_are_carried_out_and_there_is_one_for_each_body(scene: Scene) -> None:
    seeds = [*scene.with_documents(), *scene.with_forms()]
    with all_survive(scene) as connections:
        for seed in seeds:
            # The scene's task has ended, and some paths do not exist.
            assert connections.send_seed(seed) in (200, 201, 202, 302, 404, 409, 502), seed
    known = {(seed.method, seed.path.replace(scene.guest, scene.collection.id)) for seed in seeds}
    wanted = {
        (method, path.format(**scene.ids))
        for _, method, path in routes()
        if method in ("POST", "PUT", "PATCH") and not path.endswith("/cancel")
    }
    # The form of the login page needs the page: test_login_page.
    assert wanted - known == {("POST", "/v2/oauth2/authorize")}


# In parts, each of which takes seconds.
@pytest.mark.parametrize("part", range(6))
def test_malformed_documents(scene: Scene, part: int) -> None:
    failed: list[str] = []
    with all_survive(scene) as connections:
        for seed in scene.with_documents()[part::6]:
            bodies = [encode_document(variant) for variant in variants(seed.document)] + BODIES
            failed += [
                f"{seed.method} {seed.path} {body[:300]!r}"
                for body in bodies
                if connections.send_seed(seed, body) == 500
            ]
    assert failed == []


def test_malformed_forms_and_authorize_addresses(scene: Scene) -> None:
    failed: list[str] = []
    with all_survive(scene) as connections:
        for seed in scene.with_forms():
            values = seed.query if seed.form is None else seed.form
            for name in values:
                changes = [{**values, name: text} for text in TEXTS]
                failed += [
                    f"{seed.path} {values.get('grant_type')} {name}={change[name][:100]!r}"
                    for change in changes
                    if connections.send_seed(seed.with_values(change)) == 500
                ]
    assert failed == []


def test_malformed_paths_and_queries(scene: Scene) -> None:
    failed: list[str] = []
    with all_survive(scene) as connections:
        for service, method, path in routes():
            targets = [
                path.format(**{**scene.ids, name: quote(text.encode("utf-8", "surrogatepass"), safe="")})
                for name in scene.ids
                if f"{{{name}}}" in path
                for text in TEXTS
            ]
            if method == "GET":
                valid = path.format(**scene.ids)
                names = next((names for end, names in QUERY_NAMES.items() if path.endswith(end)), "unknown").split()
                targets += [f"{valid}?{encode_query({name: text})}" for name in names for text in TEXTS]
                targets += [f"{valid}?%ff=%ff&a&&=&;%", f"{valid}/%ff%00", f"{valid}%2f.."]
            failed += [
                f"{method} {target[:200]}" for target in targets if connections.send(service, method, target) == 500
            ]
    assert failed == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:\0").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer \xff"},
        {"Authorization": "Bearer a b"},
        {"Authorization": 'Digest username="a'},
        {"Authorization": "\xff"},
        {"Content-Type": "application/json; charset=nonsense"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=\xff"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
        {"Content-Type": "\xff"},
        {"Content-Encoding": "\xff"},
        {"Cookie": "\xff=;;=\xff"},
        {"Accept": "\xff;q=x"},
        {"If-None-Match": '"'},
        {"Range": "bytes=x"},
    ],
    ids=repr,
)
def test_malformed_headers(scene: Scene, headers: dict[str, str]) -> None:
    with all_survive(scene) as connections:
        failed = [
            f"{method} {path}"
            for service, method, path in routes()
            if method != "DELETE"
            and connections.send(service, method, path.format(**scene.ids), b"\xff=\xff&--x\r\n", **headers) == 500
        ]
    assert failed == []
