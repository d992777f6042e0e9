"""The files of collections by HTTP: read with GET and HEAD, written with PUT.

The service documents downloads and uploads only, so that there is neither DELETE nor a listing of folders.
"""

from __future__ import annotations

import contextlib
import mimetypes
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import urlencode

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date
from werkzeug.routing import PathConverter

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.connect_server.addresses import has_https
from globus_transport.sandbox.connect_server.byte_ranges import (
    UnsatisfiableRangeError,
    etag_of,
    failed_condition,
    read_range,
)
from globus_transport.sandbox.connect_server.callers import Callers
from globus_transport.sandbox.connect_server.errors import GCSError, not_found, permission_denied
from globus_transport.sandbox.filesystem import is_root, locate
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.sharing.permissions import ANONYMOUS, may_access
from globus_transport.sandbox.state import State

# Bytes of a file that are in memory at a time.
_PIECE_SIZE = 1 << 16


class _AnyPathConverter(PathConverter):
    """The rest of a path, which may be empty or begin with a slash."""

    regex = ".*?"
    part_isolating = False


def install_file_routes(app: Flask, state: State) -> None:
    """Add the routes to an application. Their paths begin with the id of the collection."""
    callers = Callers(state)

    # A second slash is no part of the route, so it must not lead to a redirect.
    app.url_map.merge_slashes = False
    app.url_map.converters["any_path"] = _AnyPathConverter

    @app.route("/<collection_id>/<any_path:path>", methods=["GET", "PUT"])
    def use_file(collection_id: str, path: str) -> ResponseReturnValue:
        collection = callers.find(collection_id)
        if not has_https(state, collection):
            raise permission_denied("The collection does not allow HTTPS")
        mode: Literal["r", "rw"] = "rw" if request.method == "PUT" else "r"
        if "Authorization" not in request.headers:
            if not _is_open(state, collection, f"/{path}", mode):
                return _ask_for_login(state, collection)
        else:
            user = _user_of_token(state, collection)
            if not may_access(state, collection, user, f"/{path}", mode):
                raise permission_denied(f"Permission denied: /{path}")
        found = locate(collection, path)
        return _write(collection, found) if mode == "rw" else _read(found)


def _user_of_token(state: State, collection: Collection) -> Identity:
    check = BearerCheck(state.tokens, collection.id)
    credential = check(request, f"https://auth.globus.org/scopes/{collection.id}/https")
    held = {scope.name for scope in credential.scopes}
    missing = [scope for scope in state.access_requirements.consents.get(collection.id, ()) if scope not in held]
    if missing:
        raise GCSError(403, "Missing required consent", code="ConsentRequired", required_scopes=missing)
    return credential.user


def _is_open(state: State, collection: Collection, path: str, mode: Literal["r", "rw"]) -> bool:
    """Whether anybody may use a file, without a token."""
    if collection.host is None:
        return False
    if mode == "rw" and any(owner.details.get("disable_anonymous_writes") for owner in (collection, collection.host)):
        return False
    return may_access(state, collection, ANONYMOUS, path, mode)


def _ask_for_login(state: State, collection: Collection) -> ResponseReturnValue:
    """Lead a browser to a login. What is no page of a browser gets a 401."""
    if request.method == "PUT" or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        raise GCSError(401, "This needs a token")
    query = urlencode(
        {
            "client_id": collection.id,
            "response_type": "code",
            "scope": f"https://auth.globus.org/scopes/{collection.id}/https",
            "redirect_uri": request.base_url,
        }
    )
    return Response(status=302, headers={"Location": f"{state.issuer}/v2/oauth2/authorize?{query}"})


def _read(found: Path) -> ResponseReturnValue:
    if not found.is_file():
        raise not_found("file")
    with contextlib.ExitStack() as closing:
        file = closing.enter_context(found.open("rb"))
        info = os.fstat(file.fileno())
        headers = {
            "ETag": etag_of(info),
            "Last-Modified": http_date(int(info.st_mtime)),
            "Accept-Ranges": "bytes",
        }
        status = failed_condition(request, info)
        if status == 412:
            raise GCSError(412, "The file is not the one that the request is for")
        if status == 304:
            return Response(status=304, headers=headers)
        headers["Content-Type"] = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        try:
            part = read_range(request, info)
        except UnsatisfiableRangeError as error:
            document = GCSError(416, str(error)).document("")
            return document, 416, {"Content-Range": f"bytes */{info.st_size}"}
        start, end = part or (0, info.st_size)
        headers["Content-Length"] = str(end - start)
        if part is not None:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.st_size}"
        if request.method == "HEAD":
            return Response(status=200, headers=headers)
        file.seek(start)
        response = Response(_pieces(file, end - start), 200 if part is None else 206, headers)
        response.call_on_close(closing.pop_all().close)
        return response


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    """Some bytes of a file; fewer if it has become shorter."""
    while piece := file.read(min(left, _PIECE_SIZE)):
        yield piece
        left -= len(piece)


def _write(collection: Collection, found: Path) -> ResponseReturnValue:
    if "Content-Range" in request.headers:
        # RFC 9110, section 14.4: a server that does not write parts must not take a part for the whole.
        raise GCSError(400, "A part of a file cannot be written: send the whole file")
    if is_root(collection, found) or found.is_dir():
        raise GCSError(409, "There is a folder with this name")
    # A link keeps being one; the file that it names is written.
    target = found.resolve()
    if target.exists() and not target.is_file():
        raise GCSError(409, "This is not a file")
    info = target.stat() if target.exists() else None
    if failed_condition(request, info) is not None:
        raise GCSError(412, "The file is not the one that the request is for")
    if not target.parent.is_dir():
        raise not_found("folder")
    _replace(target, request.get_data(), 0o644 if info is None else stat.S_IMODE(info.st_mode))
    written = {"ETag": etag_of(target.stat())}
    return Response(status=201 if info is None else 200, headers=written)


def _replace(target: Path, content: bytes, mode: int) -> None:
    """Write a file beside the target and rename it, so that a reader gets the old or the new file, and no mixture."""
    handle, name = tempfile.mkstemp(prefix=".upload-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
