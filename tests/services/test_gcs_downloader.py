"""Reading files of collections by URL: which login a file needs, and where a token is sent."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

import globus_sdk
import pytest
import responses
from globus_sdk.experimental.gcs_downloader import GCSDownloader as TheirDownloader

import globus_transport
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    GlobusAPIError,
    GlobusAuthorizer,
    GlobusSDKUsageError,
    Request,
    Response,
    TransferClient,
    Transport,
)
from globus_transport.experimental.gcs_collection_client import AsyncGCSCollectionClient, GCSCollectionClient
from globus_transport.experimental.gcs_downloader import AsyncGCSDownloader, GCSDownloader, UnknownCollectionError
from globus_transport.scopes import GCSCollectionScopes
from globus_transport.testing import use_responses
from tests.terminals.fresh_terminal import forget_proxies

COLLECTION = "b8872740-7edc-11ec-9f33-ed182a728dff"
OTHER = "11111111-1111-4111-8111-111111111111"
SERVER, OTHER_SERVER = "https://m-1.data.globus.org", "https://g-2.data.globus.org"
FILE = f"{SERVER}/folder/notes.txt"
TRANSFER = "transfer.api.globus.org"


class Settings:
    environment = "production"


class FakeApp:
    """All that a client may know of an application."""

    app_name = "fake"
    config = Settings()

    def __init__(self) -> None:
        self.required: dict[str, list[str]] = {}

    def add_scope_requirements(self, scope_requirements: Mapping[str, Any]) -> None:
        for server, scopes in scope_requirements.items():
            self.required[server] = [str(scope) for scope in scopes]

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        return None

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        return AccessTokenAuthorizer(f"for-{resource_server}")

    def may_resolve(self, response: Response) -> bool:
        return False

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        raise AssertionError


def login(*client_ids: str) -> str:
    """The address of a login."""
    query = "&".join(f"client_id={client_id}" for client_id in client_ids)
    return f"https://auth.globus.org/v2/oauth2/authorize?{query}&state=x"


class Globus:
    """A terminal that answers as Transfer and as the servers of two collections, and keeps what it was sent.

    :ivar locations: where a server redirects a request without a token to; without one, anybody may read its files
    """

    def __init__(self) -> None:
        self.locations: dict[str, str] = {SERVER: login(COLLECTION), OTHER_SERVER: login(OTHER)}
        self.documents: dict[str, dict[str, Any]] = {
            COLLECTION: {
                "entity_type": "GCSv5_mapped_collection",
                "high_assurance": False,
                "https_server": SERVER,
            },
            OTHER: {"entity_type": "GCSv5_guest_collection", "high_assurance": False, "https_server": OTHER_SERVER},
        }
        self.sent: list[tuple[str, str | None]] = []

    def __call__(self, request: Request) -> Response:
        token = request.headers.get("Authorization")
        self.sent.append((str(request.url), token))
        if request.url.origin == f"https://{TRANSFER}":
            document = self.documents[request.url.rpartition("/")[2]]
            return Response(200, {"Content-Type": "application/json"}, json.dumps(document).encode(), request=request)
        if request.url.target == "/missing":
            return Response(404, request=request)
        location = self.locations.get(request.url.origin)
        if token is None and location is not None:
            return Response(302, {"Location": location}, request=request)
        return Response(200, {"Content-Type": "text/plain; charset=utf-8"}, "grüße".encode(), request=request)

    async def send(self, request: Request) -> Response:
        return self(request)


def read(globus: Globus, app: FakeApp, colour: str, *uris: str, **options: Any) -> list[str | bytes]:
    """Read files one after the other, under threads or under asyncio."""
    if colour == "threads":
        with GCSDownloader(app, terminal=globus) as downloader:
            return [downloader.read_file(uri, **options) for uri in uris]

    async def read_all() -> list[str | bytes]:
        async with AsyncGCSDownloader(app, terminal=globus.send) as downloader:
            return [await downloader.read_file(uri, **options) for uri in uris]

    return asyncio.run(read_all())


both_colours = pytest.mark.parametrize("colour", ["threads", "asyncio"])


@both_colours
def test_the_login_of_a_file_is_found(colour: str) -> None:
    globus, app = Globus(), FakeApp()
    assert read(globus, app, colour, FILE, f"{SERVER}/other") == ["grüße", "grüße"]
    assert globus.sent == [
        (FILE, None),
        (f"https://{TRANSFER}/v0.10/endpoint/{COLLECTION}", f"Bearer for-{TRANSFER}"),
        (FILE, f"Bearer for-{COLLECTION}"),
        (f"{SERVER}/other", f"Bearer for-{COLLECTION}"),
    ]
    scopes = GCSCollectionScopes(COLLECTION)
    assert app.required[COLLECTION] == [str(scopes.https), str(scopes.data_access)]


@both_colours
def test_bytes(colour: str) -> None:
    assert read(Globus(), FakeApp(), colour, FILE, as_text=False) == ["grüße".encode()]


@both_colours
@pytest.mark.parametrize(("field", "value"), [("entity_type", "GCSv5_guest_collection"), ("high_assurance", True)])
def test_only_usual_mapped_collections_have_data_access(colour: str, field: str, value: object) -> None:
    globus, app = Globus(), FakeApp()
    globus.documents[COLLECTION][field] = value
    read(globus, app, colour, FILE)
    assert app.required[COLLECTION] == [str(GCSCollectionScopes(COLLECTION).https)]


@both_colours
def test_files_of_two_collections(colour: str) -> None:
    globus = Globus()
    read(globus, FakeApp(), colour, FILE, f"{OTHER_SERVER}/x", FILE)
    tokens = [(url, token) for url, token in globus.sent if token is not None and TRANSFER not in url]
    assert tokens == [
        (FILE, f"Bearer for-{COLLECTION}"),
        (f"{OTHER_SERVER}/x", f"Bearer for-{OTHER}"),
        (FILE, f"Bearer for-{COLLECTION}"),
    ]


@both_colours
@pytest.mark.parametrize("address", [SERVER, None, "", "https://m-1.data.globus.org.example.org"])
def test_a_server_that_names_the_collection_of_another_gets_no_token(colour: str, address: str | None) -> None:
    globus, app = Globus(), FakeApp()
    attacker = "https://attacker.example.org"
    globus.locations[attacker] = login(COLLECTION)
    globus.documents[COLLECTION]["https_server"] = address
    with pytest.raises(UnknownCollectionError, match="no token was sent"):
        read(globus, app, colour, f"{attacker}/x")
    assert [token for url, token in globus.sent if url.startswith(attacker)] == [None]
    assert COLLECTION not in app.required


@both_colours
@pytest.mark.parametrize(
    "location",
    [
        "",
        "https://auth.globus.org/",
        login(COLLECTION, OTHER),
        login("https://auth.globus.org/scopes/x/y%20z"),
        login(""),
    ],
)
def test_a_redirect_that_names_no_collection(colour: str, location: str) -> None:
    globus, app = Globus(), FakeApp()
    globus.locations[SERVER] = location
    with pytest.raises(UnknownCollectionError, match="gcs_client="):
        read(globus, app, colour, FILE)
    assert issubclass(UnknownCollectionError, RuntimeError)
    assert app.required == {}


@both_colours
def test_a_file_that_anybody_may_read_needs_no_login(colour: str) -> None:
    globus, app = Globus(), FakeApp()
    del globus.locations[SERVER]
    assert read(globus, app, colour, FILE) == ["grüße"]
    assert (globus.sent, app.required) == ([(FILE, None)], {})


@both_colours
def test_a_file_that_does_not_exist(colour: str) -> None:
    with pytest.raises(GlobusAPIError) as caught:
        read(Globus(), FakeApp(), colour, f"{SERVER}/missing")
    assert caught.value.http_status == 404


class AppOfBoth(FakeApp):
    """An application for the clients of either package."""

    def __init__(self, package: Any) -> None:
        super().__init__()
        self._package = package

    def get_authorizer(self, resource_server: str) -> Any:
        return self._package.AccessTokenAuthorizer(f"for-{resource_server}")

    def get_client_retry_checks(self) -> list[Any]:
        return []


def answer_with(globus: Globus) -> None:
    """Let ``responses`` answer as these servers."""

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        headers = {"Authorization": request.headers["Authorization"]} if "Authorization" in request.headers else {}
        response = globus(Request("GET", request.url, headers))
        return response.status, dict(response.headers.pairs), response.body

    responses.add_callback("GET", re.compile(".*"), answer)


@responses.activate
def test_what_is_different_in_globus_sdk() -> None:
    attacker = "https://attacker.example.org"
    globus = Globus()
    globus.locations[attacker] = login(COLLECTION)
    answer_with(globus)
    peer: Any = AppOfBoth(globus_sdk)
    with TheirDownloader(peer) as downloader:
        downloader.read_file(f"{attacker}/x")
        downloader.read_file(f"{OTHER_SERVER}/x")
    tokens = [sent for sent in globus.sent if sent[1] == f"Bearer for-{COLLECTION}"]
    assert tokens == [(f"{attacker}/x", tokens[0][1]), (f"{OTHER_SERVER}/x", tokens[0][1])]
    del globus.locations[SERVER]
    with TheirDownloader(peer) as downloader, pytest.raises(RuntimeError):
        downloader.read_file(FILE)


@responses.activate
@pytest.mark.parametrize("kind", ["GCSv5_mapped_collection", "GCSv5_guest_collection"])
def test_globus_sdk_sends_the_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)
    globus = Globus()
    globus.documents[COLLECTION]["entity_type"] = kind
    answer_with(globus)
    peer: Any = AppOfBoth(globus_sdk)
    own = AppOfBoth(globus_transport)
    with TheirDownloader(peer) as downloader:
        assert downloader.read_file(FILE) == "grüße"
    theirs, globus.sent = globus.sent, []
    with use_responses(), GCSDownloader(own) as ours:
        assert ours.read_file(FILE) == "grüße"
    assert globus.sent == theirs
    assert own.required == peer.required


def test_a_client_that_is_given_is_used_and_left_open() -> None:
    globus, app = Globus(), FakeApp()
    client = GCSCollectionClient(COLLECTION, SERVER, app=app, terminal=globus)
    with GCSDownloader(app, gcs_client=client, terminal=globus) as downloader:
        assert downloader.read_file(FILE) == "grüße"
        with pytest.raises(GlobusSDKUsageError, match="file_uri"):
            downloader.read_file(f"{OTHER_SERVER}/x")
        assert downloader.gcs_client is client
    assert [url for url, _ in globus.sent] == [FILE]


def test_a_client_of_asyncio_that_is_given_is_used() -> None:
    async def use() -> str:
        client = AsyncGCSCollectionClient(COLLECTION, SERVER, app=app, terminal=globus.send)
        async with AsyncGCSDownloader(app, gcs_client=client, terminal=globus.send) as downloader:
            return await downloader.read_file(FILE)

    globus, app = Globus(), FakeApp()
    assert asyncio.run(use()) == "grüße"
    assert [url for url, _ in globus.sent] == [FILE]


def test_a_transfer_client_that_is_given_is_used() -> None:
    globus, app = Globus(), FakeApp()
    transfer = TransferClient(authorizer=AccessTokenAuthorizer("mine"), terminal=globus)
    with GCSDownloader(app, transfer_client=transfer, terminal=globus) as downloader:
        downloader.read_file(FILE)
        assert downloader.transfer_client is transfer
        assert isinstance(downloader.gcs_client, GCSCollectionClient)
        assert downloader.gcs_client.collection_id == COLLECTION
    assert globus.sent[1][1] == "Bearer mine"
    assert TRANSFER not in app.required


def test_a_transfer_client_of_asyncio_that_is_given_is_used() -> None:
    async def use() -> None:
        transfer = AsyncTransferClient(authorizer=AccessTokenAuthorizer("mine"), terminal=globus.send)
        async with AsyncGCSDownloader(app, transfer_client=transfer, terminal=globus.send) as downloader:
            await downloader.read_file(FILE)

    globus, app = Globus(), FakeApp()
    asyncio.run(use())
    assert globus.sent[1][1] == "Bearer mine"


def test_settings_of_connections_and_a_terminal_exclude_each_other() -> None:
    transport = Transport(http_timeout=5)
    assert GCSDownloader(FakeApp(), transport=transport).transport is transport
    with pytest.raises(GlobusSDKUsageError, match="not both"):
        GCSDownloader(FakeApp(), transport=transport, terminal=Globus())


@pytest.mark.parametrize("uri", ["", "/folder/file", "m-1.data.globus.org/x", "ftp://m-1.data.globus.org/x"])
def test_what_is_no_url_is_refused(uri: str) -> None:
    with pytest.raises(GlobusSDKUsageError):
        GCSDownloader(FakeApp(), terminal=Globus()).read_file(uri)
