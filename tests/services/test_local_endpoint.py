"""Globus Connect on this computer: its files are read as globus-sdk reads them, and damaged ones do no harm."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import os
import pickle
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import globus_sdk
import globus_sdk.local_endpoint.personal.endpoint
import pytest

import globus_transport
import globus_transport.local_endpoint.personal
from globus_transport import (
    AsyncAuthClient,
    AuthClient,
    GlobusConnectPersonalOwnerInfo,
    GlobusSDKUsageError,
    LocalGlobusConnectPersonal,
    LocalGlobusConnectServer,
    Request,
    Response,
)
from tests.wire.meant_differences import VALUES

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
IN_BASE_32 = "u_" + base64.b32encode(ID.bytes).decode().lower().rstrip("=")
DN = "/C=US/O=Globus Consortium/OU=Globus Connect User/CN="
CLASSES = ("GlobusConnectPersonalOwnerInfo", "LocalGlobusConnectPersonal", "LocalGlobusConnectServer")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home folder, with the folder of Globus Connect Personal."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".globusonline" / "lta").mkdir(parents=True)
    return tmp_path


def _write(home: Path, name: str, contents: str | bytes) -> Path:
    path = home / ".globusonline" / "lta" / name
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    return path


@pytest.mark.parametrize("name", CLASSES)
def test_the_public_parts_are_those_of_globus_sdk(name: str) -> None:
    theirs, ours = getattr(globus_sdk, name), getattr(globus_transport, name)
    assert {one for one in dir(theirs) if not one.startswith("_")} == {
        one for one in dir(ours) if not one.startswith("_")
    }
    shapes = [
        [(one.name, one.kind, one.default) for one in inspect.signature(cls).parameters.values()]
        for cls in (theirs, ours)
    ]
    assert shapes[0] == shapes[1]
    for module in ("local_endpoint", f"local_endpoint.{'server' if name.endswith('Server') else 'personal'}"):
        namespace: dict[str, Any] = {}
        exec(f"from globus_transport.{module} import {name}", namespace)
        assert namespace[name] is ours


# The endpoint of Globus Connect Personal.


@pytest.mark.parametrize(
    "contents",
    [None, str(ID), f"{ID}\n", f"  {ID}\r\n\r\n", "no id at all\n"],
    ids=repr,
)
def test_the_endpoint_id_is_read_as_in_globus_sdk(contents: str | None, home: Path) -> None:
    if contents is not None:
        _write(home, "client-id.txt", contents)
    ours, theirs = LocalGlobusConnectPersonal(), globus_sdk.LocalGlobusConnectPersonal()
    assert ours.endpoint_id == theirs.endpoint_id
    assert ours.config_dir == theirs.config_dir == str(home / ".globusonline")


def test_an_empty_file_has_no_endpoint_id(home: Path) -> None:
    _write(home, "client-id.txt", "\n")
    theirs, ours, _ = VALUES["LocalGlobusConnectPersonal().endpoint_id, of an empty file"]
    assert globus_sdk.LocalGlobusConnectPersonal().endpoint_id == theirs
    assert LocalGlobusConnectPersonal().endpoint_id == ours


def test_the_endpoint_id_is_read_once(home: Path) -> None:
    local = LocalGlobusConnectPersonal()
    found = [local.endpoint_id]
    for contents in ("first", "second"):
        _write(home, "client-id.txt", contents)
        found.append(local.endpoint_id)
    del local.endpoint_id
    found.append(local.endpoint_id)
    assert found == [None, "first", "first", "second"]


def test_an_editor_may_add_a_byte_order_mark(home: Path) -> None:
    _write(home, "client-id.txt", b"\xef\xbb\xbf" + str(ID).encode())
    assert LocalGlobusConnectPersonal().endpoint_id == str(ID)


def test_a_file_that_is_no_text_is_named(home: Path) -> None:
    path = _write(home, "client-id.txt", b"\xff\xfe\x00")
    with pytest.raises(GlobusSDKUsageError, match=r"client-id\.txt") as raised:
        _ = LocalGlobusConnectPersonal().endpoint_id
    assert str(path) in str(raised.value)


def test_a_file_that_cannot_be_read_is_an_error(home: Path) -> None:
    (home / ".globusonline" / "lta" / "client-id.txt").mkdir()
    for package in (globus_sdk, globus_transport):
        with pytest.raises(IsADirectoryError, match=r"client-id\.txt"):
            _ = package.LocalGlobusConnectPersonal().endpoint_id


@pytest.mark.parametrize("convert", [str, Path])
def test_another_folder(convert: Callable[[Path], Any], tmp_path: Path) -> None:
    (tmp_path / "lta").mkdir()
    (tmp_path / "lta" / "client-id.txt").write_text("other")
    local = LocalGlobusConnectPersonal(config_dir=convert(tmp_path))
    assert (local.config_dir, local.endpoint_id) == (str(tmp_path), "other")


def test_a_folder_that_is_no_path_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="config_dir"):
        LocalGlobusConnectPersonal(config_dir=5)  # type: ignore[arg-type]


def test_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globus_transport.local_endpoint.personal, "_is_windows", lambda: True)
    monkeypatch.setattr(globus_sdk.local_endpoint.personal.endpoint, "_on_windows", lambda: True)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    (tmp_path / "Globus Connect").mkdir()
    (tmp_path / "Globus Connect" / "client-id.txt").write_text(str(ID))
    ours, theirs = LocalGlobusConnectPersonal(), globus_sdk.LocalGlobusConnectPersonal()
    assert ours.config_dir == theirs.config_dir == str(tmp_path / "Globus Connect")
    assert ours.endpoint_id == theirs.endpoint_id == str(ID)
    monkeypatch.delenv("LOCALAPPDATA")
    for package in (globus_sdk, globus_transport):
        with pytest.raises(package.GlobusSDKUsageError, match=r"LOCALAPPDATA.*config_dir"):
            _ = package.LocalGlobusConnectPersonal().config_dir


def test_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    with pytest.raises(GlobusSDKUsageError, match=r"HOME.*config_dir"):
        _ = LocalGlobusConnectPersonal().endpoint_id


# Its owner.

GRIDMAPS: dict[str, str | bytes | None] = {
    "none": None,
    "empty": "",
    "id": f'"{DN}{IN_BASE_32}" me\n',
    "name": f'"{DN}ada" me',
    "the first counts": f'"{DN}ada" me\n"{DN}bob" me\n',
    "other lines before": f'# a comment\n\n"/C=US/O=Other/CN=x" me\n"{DN}ada" me\n',
    "Windows": f'"{DN}ada" me\r\n',
    "short": f'"{DN}u_aaaa" me',
    "not base 32": f'"{DN}u_{"1" * 26}" me',
    "not ASCII": f'"{DN}u_{"ü" * 26}" me',
    "in capitals": f'"{DN}{IN_BASE_32.upper()}" me',
    "ID in capitals": f'"{DN}u_{IN_BASE_32[2:].upper()}" me',
    "equal signs": f'"{DN}a=b=c" me',
    "spaces": f'"{DN}ada lovelace"   "my self"',
    "escapes": f'"{DN}a\\"b" me',
    "no local user": f'"{DN}ada"',
    "two local users": f'"{DN}ada" me you',
    "no end": f'"{DN}ada me\n"{DN}bob" me\n',
    "no quotes": f"{DN}ada me",
    "indented": f'  "{DN}ada" me',
    "not UTF-8": f'"{DN}ada" me'.encode() + b"\xff",
}


@pytest.mark.parametrize("case", GRIDMAPS)
def test_the_owner_is_read_as_in_globus_sdk(case: str, home: Path) -> None:
    contents = GRIDMAPS[case]
    if contents is not None:
        _write(home, "gridmap", contents)
    ours, theirs = (one.LocalGlobusConnectPersonal().get_owner_info() for one in (globus_transport, globus_sdk))
    assert _owner(ours) == _owner(theirs)
    assert (_owner(ours) is None) == (case in _WITHOUT_AN_OWNER)
    assert ours is None or str(ours) == str(theirs)


_WITHOUT_AN_OWNER = {
    "none",
    "empty",
    "no local user",
    "two local users",
    "no end",
    "no quotes",
    "indented",
    "not UTF-8",
}


def _owner(info: Any) -> Any:
    return None if info is None else (info.id, info.username)


def test_the_encoding_of_other_lines_does_not_matter(home: Path) -> None:
    _write(home, "gridmap", b'"/CN=x" j\xfcrgen\n' + f'"{DN}{IN_BASE_32}" me\n'.encode())
    owner = LocalGlobusConnectPersonal().get_owner_info()
    assert owner is not None
    assert (owner.id, owner.username) == (str(ID), None)
    assert repr(pickle.loads(pickle.dumps(owner))) == f"GlobusConnectPersonalOwnerInfo(id={ID})"


def test_another_certificate_has_no_owner() -> None:
    line = '"/O=Other/CN=x" me'
    case = f"GlobusConnectPersonalOwnerInfo(config_dn={line!r}).username"
    theirs, ours, _ = VALUES[case]
    assert globus_sdk.GlobusConnectPersonalOwnerInfo(config_dn=line).username == theirs
    with pytest.raises(GlobusSDKUsageError, match="Other") as raised:
        GlobusConnectPersonalOwnerInfo(config_dn=line)
    assert type(raised.value).__name__ == ours
    with pytest.raises(GlobusSDKUsageError, match="an owner"):
        GlobusConnectPersonalOwnerInfo(config_dn=f'"{DN}" me')


class _Auth:
    """A terminal that finds identities, and keeps the queries."""

    def __init__(self, *identities: dict[str, Any]) -> None:
        self._body = json.dumps({"identities": identities}).encode()
        self.queries: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.queries.append(str(request.url).partition("?")[2])
        return Response(200, {"Content-Type": "application/json"}, self._body, request=request)

    async def send(self, request: Request) -> Response:
        return self(request)


@pytest.mark.parametrize(
    ("name", "query"), [(IN_BASE_32, f"ids={ID}"), ("ada", "provision=false&usernames=ada%40globusid.org")]
)
def test_the_owners_identity_is_looked_up(name: str, query: str, home: Path) -> None:
    _write(home, "gridmap", f'"{DN}{name}" me')
    auth = _Auth({"id": str(ID), "name": "Ada"})
    assert LocalGlobusConnectPersonal().get_owner_info(AuthClient(terminal=auth)) == {"id": str(ID), "name": "Ada"}

    async def look_up() -> Any:
        return await LocalGlobusConnectPersonal().get_owner_info(AsyncAuthClient(terminal=auth.send))

    assert asyncio.run(look_up()) == {"id": str(ID), "name": "Ada"}
    assert auth.queries == [query, query]


def test_an_identity_that_the_service_does_not_show(home: Path) -> None:
    _write(home, "gridmap", f'"{DN}ada" me')
    assert LocalGlobusConnectPersonal().get_owner_info(AuthClient(terminal=_Auth())) is None


def test_nothing_is_asked_without_an_owner(home: Path) -> None:
    auth = _Auth()

    async def look_up() -> Any:
        return await LocalGlobusConnectPersonal().get_owner_info(AsyncAuthClient(terminal=auth.send))

    assert LocalGlobusConnectPersonal().get_owner_info(AuthClient(terminal=auth)) is None
    assert asyncio.run(look_up()) is None
    assert auth.queries == []


def test_a_client_of_globus_sdk_looks_up_too(home: Path) -> None:
    _write(home, "gridmap", f'"{DN}ada" me')

    class Client:
        def get_identities(self, **query: Any) -> dict[str, Any]:
            return {"identities": [query]}

    client: Any = Client()
    assert LocalGlobusConnectPersonal().get_owner_info(client) == {"usernames": "ada@globusid.org"}


def test_what_cannot_look_up_is_refused(home: Path) -> None:
    client: Any = globus_transport.TransferClient()
    with pytest.raises(GlobusSDKUsageError, match="TransferClient"):
        LocalGlobusConnectPersonal().get_owner_info(client)


# Globus Connect Server.

INFOS: dict[str, str | bytes | None] = {
    "none": None,
    "both": '{"endpoint_id": "e", "domain_name": "abc.def.data.globus.org", "client_id": "c"}',
    "other types": '{"endpoint_id": 5, "domain_name": null}',
    "no keys": "{}",
    "a list": '["endpoint_id"]',
    "null": "null",
    "no JSON": '{"endpoint_id": "e"',
    "empty": "",
    "not UTF-8": b'{"endpoint_id": "\xff"}',
}


@pytest.mark.parametrize("case", INFOS)
def test_the_info_is_read_as_in_globus_sdk(case: str, tmp_path: Path) -> None:
    path, contents = tmp_path / "info.json", INFOS[case]
    if contents is not None:
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    ours, theirs = (one.LocalGlobusConnectServer(info_path=path) for one in (globus_transport, globus_sdk))
    assert ours.info_dict == theirs.info_dict
    assert (ours.endpoint_id, ours.domain_name) == (theirs.endpoint_id, theirs.domain_name)
    assert ours.info_path == theirs.info_path == path


def test_the_info_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "info.json"
    local = LocalGlobusConnectServer(info_path=str(path))
    assert local.info_dict is None
    path.write_text('{"endpoint_id": "first"}')
    assert local.endpoint_id == "first"
    path.write_text('{"endpoint_id": "second"}')
    assert local.endpoint_id == "first"
    del local.info_dict
    assert local.endpoint_id == "second"


def test_odd_infos(tmp_path: Path) -> None:
    path = tmp_path / "info.json"
    path.write_bytes(b'\xef\xbb\xbf{"endpoint_id": "e"}')
    assert LocalGlobusConnectServer(info_path=path).endpoint_id == "e"
    path.write_text("[" * 100_000)
    assert LocalGlobusConnectServer(info_path=path).info_dict is None
    assert LocalGlobusConnectServer(info_path=tmp_path).info_dict is None
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert LocalGlobusConnectServer(info_path=pipe).info_dict is None


def test_a_file_that_is_no_path_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="info_path"):
        LocalGlobusConnectServer(info_path=None)  # type: ignore[arg-type]


def test_reading_the_files_loads_no_service() -> None:
    program = (
        "import sys, globus_transport as g\n"
        "g.LocalGlobusConnectPersonal(config_dir='/nowhere').get_owner_info()\n"
        "g.LocalGlobusConnectServer(info_path='/nowhere').info_dict\n"
        "print([name for name in sys.modules if name.startswith('globus_transport.services.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
