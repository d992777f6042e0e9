"""Globus Connect Server: the files of collections by HTTP."""

from __future__ import annotations

import contextlib
import http.client
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import globus_sdk
import pytest
from globus_sdk.experimental import gcs_collection_client

from globus_transport import AccessTokenAuthorizer, GlobusAppConfig, NativeAppAuthClient, UserApp
from globus_transport.login_flows import LoginFlowManager
from globus_transport.sandbox import Collection, Identity, Sandbox
from globus_transport.services.gcs import GCSCollectionClient, GCSDownloader
from globus_transport.token_storage import MemoryTokenStorage
from tests.sandbox.sandbox_http import TRANSFER_ALL, Answer, Http

TEXT = b"0123456789"


def https(collection: Collection) -> str:
    return f"https://auth.globus.org/scopes/{collection.id}/https"


@pytest.fixture
def mapped(sandbox: Sandbox, tmp_path: Path) -> Collection:
    added = sandbox.add_collection(tmp_path.name, tmp_path / "root", entity_type="GCSv5_mapped_collection")
    (added.folder / "notes.txt").write_bytes(TEXT)
    return added


@pytest.fixture
def guest(sandbox: Sandbox, mapped: Collection) -> Collection:
    (mapped.folder / "shared" / "open").mkdir(parents=True)
    (mapped.folder / "shared" / "open" / "a.txt").write_bytes(b"a")
    (mapped.folder / "shared" / "b.txt").write_bytes(b"b")
    return sandbox._state.collections.add_guest(mapped, "/shared/", mapped.folder / "shared", "G", sandbox.user.id)


class Files:
    """Requests for the files of a collection."""

    def __init__(self, sandbox: Sandbox, collection: Collection, user: Identity | None = None) -> None:
        token = sandbox.issue_token(https(collection), user=user).access_token
        self._http = Http(sandbox.url_of("connect_server"), token)
        self._path = f"/data/{collection.id}/"

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._http(method, self._path + path, body=body, headers=named)

    @contextlib.contextmanager
    def reply(self, path: str, range: str | None = None) -> Iterator[http.client.HTTPResponse]:
        """The reply to a GET, not read."""
        connection = self._http.connect()
        try:
            headers = {"Authorization": f"Bearer {self._http.token}"} | ({} if range is None else {"Range": range})
            connection.request("GET", self._path + path, headers=headers)
            yield connection.getresponse()
        finally:
            connection.close()


@pytest.fixture
def files(sandbox: Sandbox, mapped: Collection) -> Files:
    return Files(sandbox, mapped)


def anonymous(sandbox: Sandbox, collection: Collection, path: str, method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Http(sandbox.url_of("connect_server"))(method, f"/data/{collection.id}/{path}", headers=named)


def allow(sandbox: Sandbox, collection: Collection, kind: str, path: str = "/", permissions: str = "r") -> None:
    transfer = Http(sandbox.transfer_url, sandbox.issue_token(TRANSFER_ALL).access_token)
    rule = {"DATA_TYPE": "access", "principal_type": kind, "principal": "", "path": path, "permissions": permissions}
    answer = transfer("POST", f"/v0.10/endpoint/{collection.id}/access", document=rule)
    assert answer.status == 201, answer.body


def test_a_whole_file(files: Files) -> None:
    answer = files("GET", "notes.txt")
    assert (answer.status, answer.body) == (200, TEXT)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Accept-Ranges"] == "bytes"
    head = files("HEAD", "notes.txt")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "10")
    assert head.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize(
    ("range", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, TEXT, "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("bytes=0-1,3-4", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
        (f"bytes=0-{'9' * 5000}", 200, TEXT, None),
    ],
)
def test_ranges(files: Files, range: str, status: int, body: bytes | None, content_range: str | None) -> None:
    answer = files("GET", "notes.txt", Range=range)
    assert (answer.status, answer.headers["Content-Range"]) == (status, content_range)
    if body is not None:
        assert answer.body == body


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}], ids=["dropped", "replaced"])
def test_a_file_that_a_fault_keeps_from_being_sent_is_closed(
    sandbox: Sandbox, files: Files, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    plain = Path.open

    def recorded(path: Path, *arguments: Any) -> Any:
        opened.append(plain(path, *arguments))
        return opened[-1]

    monkeypatch.setattr(Path, "open", recorded)
    sandbox.faults.add(**fault, when="after", times=1)
    with contextlib.suppress(http.client.RemoteDisconnected):
        assert files("GET", "notes.txt").status == 503
    assert [file.closed for file in opened] == [True]


@pytest.fixture
def long_file(mapped: Collection) -> Path:
    path = mapped.folder / "long"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    return path


def test_a_long_file_is_not_in_memory(files: Files, long_file: Path) -> None:
    tracemalloc.start()
    try:
        for range in (None, "bytes=1-"):
            with files.reply("long", range) as reply:
                received = sum(map(len, iter(lambda: reply.read(1 << 16), b"")))
            assert received == long_file.stat().st_size - (range is not None)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_file_that_becomes_shorter_breaks_off(files: Files, long_file: Path) -> None:
    with files.reply("long") as reply:
        reply.read(1)
        os.truncate(long_file, 0)
        with pytest.raises(http.client.IncompleteRead):
            reply.read()
    assert files("GET", "long").body == b""


def test_no_range_of_an_empty_file(files: Files, mapped: Collection) -> None:
    (mapped.folder / "empty").touch()
    assert files("GET", "empty", Range="bytes=0-").status == 416
    assert files("GET", "empty").body == b""


def test_conditions_of_reads(files: Files) -> None:
    found = files("GET", "notes.txt").headers
    etag, date = found["ETag"], found["Last-Modified"]
    early, late = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
    cases: list[tuple[dict[str, Any], int]] = [
        ({"If_None_Match": etag}, 304),
        ({"If_None_Match": f'"x", W/{etag}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_Match": etag}, 200),
        ({"If_Match": "*"}, 200),
        ({"If_Match": f"W/{etag}"}, 412),
        ({"If_Match": '"x"', "Range": "bytes=0-1"}, 412),
        ({"If_None_Match": etag, "Range": "bytes=0-1"}, 304),
        ({"If_Range": etag, "Range": "bytes=0-1"}, 206),
        ({"If_Range": date, "Range": "bytes=0-1"}, 206),
        ({"If_Range": '"x"', "Range": "bytes=0-1"}, 200),
        ({"If_Range": f"W/{etag}", "Range": "bytes=0-1"}, 200),
        ({"If_Modified_Since": date}, 304),
        ({"If_Modified_Since": early}, 200),
        ({"If_Unmodified_Since": early}, 412),
        ({"If_Unmodified_Since": late}, 200),
        ({"If_Modified_Since": "never"}, 200),
        ({"If_Unmodified_Since": date}, 200),
        ({"If_Match": etag, "If_Unmodified_Since": early}, 200),
        ({"If_None_Match": '"x"', "If_Modified_Since": date}, 200),
        ({"If_Modified_Since": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, 200),
        ({"If_Unmodified_Since": f"Mon, 01 Jan 2001 00:00:00 +{'9' * 20}"}, 200),
    ]
    for headers, status in cases:
        answer = files("GET", "notes.txt", **headers)
        assert answer.status == status, headers
        if status == 304:
            assert (answer.body, answer.headers["ETag"]) == (b"", etag)


def test_a_file_is_written_as_a_whole(files: Files, mapped: Collection) -> None:
    created = files("PUT", "new.txt", b"one")
    assert (created.status, (mapped.folder / "new.txt").read_bytes()) == (201, b"one")
    before = os.stat(mapped.folder / "new.txt").st_ino
    replaced = files("PUT", "new.txt", b"second")
    assert (replaced.status, files("GET", "new.txt").body) == (200, b"second")
    assert files("GET", "new.txt").headers["ETag"] == replaced.headers["ETag"] != created.headers["ETag"]
    # Renamed into its place, not written over: a reader of the old file keeps it.
    assert os.stat(mapped.folder / "new.txt").st_ino != before
    assert sorted(path.name for path in mapped.folder.iterdir()) == ["new.txt", "notes.txt"]
    assert (mapped.folder / "new.txt").stat().st_mode & 0o777 == 0o644
    (mapped.folder / "new.txt").chmod(0o600)
    assert files("PUT", "new.txt", b"third").status == 200
    assert (mapped.folder / "new.txt").stat().st_mode & 0o777 == 0o600


def test_conditions_of_writes(files: Files, mapped: Collection) -> None:
    etag = files("HEAD", "notes.txt").headers["ETag"]
    for path, headers, status in (
        ("notes.txt", {"If_None_Match": "*"}, 412),
        ("notes.txt", {"If_None_Match": etag}, 412),
        ("notes.txt", {"If_Match": '"x"'}, 412),
        ("absent.txt", {"If_Match": "*"}, 412),
        ("notes.txt", {"Content_Range": "bytes 0-2/10"}, 400),
    ):
        assert files("PUT", path, b"new", **headers).status == status, headers
    assert [path.name for path in mapped.folder.iterdir()] == ["notes.txt"]
    assert files("GET", "notes.txt").body == TEXT
    assert files("PUT", "notes.txt", b"new", If_Match=etag).status == 200
    assert files("PUT", "fresh.txt", b"new", If_None_Match="*").status == 201


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "absent.txt", 404),
        ("GET", "", 404),
        ("GET", "folder", 404),
        ("GET", "notes.txt/below", 404),
        ("GET", "../secret.txt", 403),
        ("GET", "%2e%2e/secret.txt", 403),
        ("GET", "folder/../../secret.txt", 403),
        ("GET", "out.txt", 403),
        ("GET", "away/secret.txt", 403),
        ("GET", "loop", 403),
        ("GET", "a%00b", 403),
        ("GET", "%ff%fe", 404),
        ("GET", "//notes.txt", 200),
        ("GET", "in.txt", 200),
        ("GET", "x" * 3000, 403),
        ("PUT", "", 409),
        ("PUT", "folder", 409),
        ("PUT", "absent/new.txt", 404),
        ("PUT", "notes.txt/new.txt", 404),
        ("PUT", "out.txt", 403),
        ("PUT", "away/new.txt", 403),
        ("PUT", "../new.txt", 403),
        ("DELETE", "notes.txt", 405),
        ("POST", "notes.txt", 405),
    ],
)
def test_paths(files: Files, mapped: Collection, tmp_path: Path, method: str, path: str, status: int) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"secret")
    (mapped.folder / "folder").mkdir()
    for link, target in (("out.txt", secret), ("away", tmp_path), ("loop", "loop"), ("in.txt", "notes.txt")):
        (mapped.folder / link).symlink_to(target)
    answer = files(method, path, b"new" if method == "PUT" else None)
    assert answer.status == status, answer.body
    if status != 200:
        assert answer.document["http_response_code"] == status
    assert secret.read_bytes() == b"secret"
    assert not (tmp_path / "new.txt").exists()


def test_a_write_to_a_link_writes_its_file(files: Files, mapped: Collection) -> None:
    (mapped.folder / "link.txt").symlink_to("notes.txt")
    assert files("PUT", "link.txt", b"new").status == 200
    assert (mapped.folder / "link.txt").is_symlink()
    assert (mapped.folder / "notes.txt").read_bytes() == b"new"


def test_tokens(sandbox: Sandbox, mapped: Collection, guest: Collection) -> None:
    path = f"/data/{mapped.id}/notes.txt"
    url = sandbox.url_of("connect_server")
    other_scope = f"https://auth.globus.org/scopes/{mapped.id}/data_access"
    for token, status in (
        (sandbox.issue_token(TRANSFER_ALL).access_token, 401),
        (sandbox.issue_token(https(guest)).access_token, 401),
        (sandbox.issue_token(other_scope).access_token, 403),
        ("wrong", 401),
    ):
        assert Http(url, token)("GET", path).status == status
    personal = sandbox.add_collection("Laptop")
    for id in (personal.id, "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf", "no-id"):
        assert Http(url)("GET", f"/data/{id}/notes.txt").status == 404


def test_a_request_without_a_token_is_led_to_a_login(sandbox: Sandbox, mapped: Collection) -> None:
    answer = anonymous(sandbox, mapped, "notes.txt")
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{sandbox.auth_url}v2/oauth2/authorize?client_id={mapped.id}&")
    refused = anonymous(sandbox, mapped, "notes.txt", X_Requested_With="XMLHttpRequest")
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Globus"')
    assert anonymous(sandbox, mapped, "notes.txt", "PUT").status == 401


def test_access_rules_of_a_guest_collection(sandbox: Sandbox, guest: Collection) -> None:
    grace = sandbox.add_identity(Identity("grace@sandbox.example"))
    visitor = Files(sandbox, guest, grace)
    assert visitor("GET", "open/a.txt").status == 403
    assert Files(sandbox, guest)("GET", "open/a.txt").body == b"a"
    allow(sandbox, guest, "all_authenticated_users", "/open/")
    assert visitor("GET", "open/a.txt").body == b"a"
    assert visitor("GET", "b.txt").status == 403
    assert visitor("PUT", "open/a.txt", b"new").status == 403
    # A rule for all who logged in is not one for everybody.
    assert anonymous(sandbox, guest, "open/a.txt").status == 302
    allow(sandbox, guest, "anonymous", "/open/")
    assert anonymous(sandbox, guest, "open/a.txt").body == b"a"
    assert anonymous(sandbox, guest, "open/a.txt", Range="bytes=0-0").status == 206
    assert anonymous(sandbox, guest, "b.txt").status == 302
    assert anonymous(sandbox, guest, "open/a.txt", "PUT").status == 401


def test_anonymous_writes_may_be_forbidden(sandbox: Sandbox, mapped: Collection, guest: Collection) -> None:
    allow(sandbox, guest, "anonymous", "/", "rw")
    assert anonymous(sandbox, guest, "new.txt", "PUT").status == 201
    guest.details["disable_anonymous_writes"] = True
    assert anonymous(sandbox, guest, "new.txt", "PUT").status == 401
    guest.details["disable_anonymous_writes"] = False
    mapped.details["disable_anonymous_writes"] = True
    assert anonymous(sandbox, guest, "new.txt", "PUT").status == 401
    assert anonymous(sandbox, guest, "new.txt").status == 200


def test_a_required_consent(sandbox: Sandbox, mapped: Collection) -> None:
    sandbox.require_consent(mapped)
    scope = f"https://auth.globus.org/scopes/{mapped.id}/data_access"
    answer = Files(sandbox, mapped)("GET", "notes.txt")
    assert (answer.status, answer.document["required_scopes"]) == (403, [scope])
    both = sandbox.issue_token(f"{https(mapped)} {scope}").access_token
    assert Http(sandbox.url_of("connect_server"), both)("GET", f"/data/{mapped.id}/notes.txt").body == TEXT


def test_a_collection_without_https(sandbox: Sandbox, mapped: Collection) -> None:
    sandbox.connect_server.update_settings(mapped.id, {"enable_https": False})
    assert Files(sandbox, mapped)("GET", "notes.txt").status == 403


def test_the_client_of_this_package(sandbox: Sandbox, mapped: Collection) -> None:
    address = f"{sandbox.url_of('connect_server')}data/{mapped.id}"
    authorizer = AccessTokenAuthorizer(sandbox.issue_token(https(mapped)).access_token)
    with GCSCollectionClient(mapped.id, address, authorizer=authorizer) as client:
        assert client.get("/notes.txt").text == TEXT.decode()
        assert client.put("/other.txt", data="written", encoding="text").http_status == 201
        assert client.get("other.txt", headers={"Range": "bytes=-3"}).text == "ten"


def test_the_client_of_globus_sdk(sandbox: Sandbox, mapped: Collection) -> None:
    token = sandbox.issue_token(https(mapped)).access_token
    client = gcs_collection_client.GCSCollectionClient(
        mapped.id, "sandbox", authorizer=globus_sdk.AccessTokenAuthorizer(token)
    )
    client.base_url = f"{sandbox.url_of('connect_server')}data/{mapped.id}/"
    assert client.get("/notes.txt").text == TEXT.decode()
    assert client.put("/other.txt", data="written", encoding="text").http_status == 201
    assert (mapped.folder / "other.txt").read_bytes() == b"written"
    client.close()


class _Approval(LoginFlowManager):
    """Logs in at the sandbox, in place of a person."""

    def __init__(self, login_client: Any, sandbox: Sandbox) -> None:
        super().__init__(login_client)
        self._sandbox = sandbox

    def run_login_flow(self, auth_parameters: Any) -> Any:
        url = self._get_authorize_url(auth_parameters, f"{self._sandbox.auth_url}v2/web/auth-code")
        return self.login_client.oauth2_exchange_code_for_tokens(self._sandbox.approve(url))


def test_the_downloader(
    sandbox: Sandbox, mapped: Collection, guest: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environ.items():
        monkeypatch.setenv(name, value)
    allow(sandbox, guest, "anonymous", "/open/")
    base = f"{sandbox.url_of('connect_server')}data"
    login_client = NativeAppAuthClient(sandbox.native_client_id)
    config = GlobusAppConfig(token_storage=MemoryTokenStorage(), login_flow_manager=_Approval(login_client, sandbox))
    before = sandbox.grants["authorization_code"]
    with login_client, UserApp("Reader", login_client=login_client, config=config) as app:
        with GCSDownloader(app) as downloader:
            assert downloader.read_file(f"{base}/{guest.id}/open/a.txt") == "a"
            assert sandbox.grants["authorization_code"] == before
            assert downloader.read_file(f"{base}/{mapped.id}/notes.txt", as_text=False) == TEXT
            assert sandbox.grants["authorization_code"] > before
        with GCSDownloader(app) as downloader:
            assert downloader.read_file(f"{base}/{guest.id}/b.txt") == "b"
